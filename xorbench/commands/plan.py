"""The command `plan`: what a sweep would take, without training it."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xorbench.commands import DONE, Job
from xorbench.commands.options import NONE_GIVEN, Json, Options, Text
from xorbench.commands.sweep import examine_or_default
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
        Store the final weights too (default), or not: then a seventh of the bytes,
        and mse, max_error and margin with seven digits.
    threads
        Default: as many as there are processors.
    json
        Print it as JSON.
    """
    from xorbench.experiment import MAIN
    from xorbench.settings import make_settings
    from xorbench.threads import read_threads

    overrides = options.given(seeds=seeds, weights=weights)
    file, problems = examine_or_default(experiment)

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
