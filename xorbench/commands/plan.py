"""The command `plan`: what a sweep would take, without training it."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xorbench.commands import DONE, Job
from xorbench.commands.options import NONE_GIVEN, Json, Options, Text
from xorbench.problems import SettingsError, all_of, refuse

if TYPE_CHECKING:
    from xorbench.settings import Settings


def plan(
    experiment: Path | None = None,
    /,
    *,
    seeds: Text = None,
    options: Options = NONE_GIVEN,
    weights: bool | None = None,
    threads: Text = None,
    json: Json = False,
) -> Job:
    """Say what a sweep would take: runs, files, bytes, time.

    Trains a sample of its runs for about a second for each kind of kernel, and writes no results.
    Of an experiment file, its further sweeps are told too.

    Parameters
    ----------
    experiment
        A TOML file of settings; options override it.
    seeds
        START:STOP (half-open), or a list. Default 0:1000.
    weights
        Store the final weights too (default), or not.
    threads
        Default: as many as there are processors.
    json
        Print it as JSON.
    """
    from xorbench.commands.sweep import DEFAULT_LEARNING_RATES
    from xorbench.experiment import MAIN, Experiment, examine
    from xorbench.settings import make_settings
    from xorbench.threads import read_threads

    overrides: dict[str, Any] = options.given()
    if seeds is not None:
        overrides["seeds"] = seeds
    if weights is not None:
        overrides["weights"] = weights
    file = Experiment(None, None, None, {"learning_rate": DEFAULT_LEARNING_RATES})
    problems: list[str] = []
    if experiment is not None:
        file, problems = examine(experiment)

    def make_all() -> dict[str, "Settings"]:
        sweeps, wrong = {}, []
        for name, given in ({MAIN: file.settings} | file.sweeps).items():
            try:
                sweeps[name] = make_settings(**(given | overrides))
            except SettingsError as refusal:
                wrong += [problem for problem in refusal.problems if problem not in wrong]
        refuse(wrong)
        return sweeps

    _, sweeps, number_of_threads = all_of(
        lambda: refuse(problems), make_all, lambda: read_threads(threads)
    )
    return partial(run_plan, sweeps, number_of_threads, json)


def run_plan(sweeps: "dict[str, Settings]", threads: int, as_json: bool) -> int:
    """Measure and print."""
    from xorbench.planning import describe, estimate

    estimates = {name: estimate(settings, threads) for name, settings in sweeps.items()}
    if as_json:
        print(json.dumps({name: asdict(one) for name, one in estimates.items()}, indent=2))
    else:
        print(describe(sweeps, estimates))
    return DONE
