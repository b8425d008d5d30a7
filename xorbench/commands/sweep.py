"""The command `sweep`: train a grid of networks, store it and summarise it."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xorbench.commands import DONE, INTERRUPTED, Job, say
from xorbench.commands.options import NONE_GIVEN, Flag, Json, Options, Text
from xorbench.commands.read import print_summary
from xorbench.problems import all_of, refuse, shown, unknown_word

if TYPE_CHECKING:
    from xorbench.settings import Settings

FORMATS = ("parquet", "csv")
DEFAULT_LEARNING_RATES = "log:0.05:50:16"


def sweep(
    experiment: Path | None = None,
    /,
    *,
    seeds: Text = None,
    options: Options = NONE_GIVEN,
    weights: bool | None = None,
    out: Path | None = None,
    format: Text = "parquet",
    threads: Text = None,
    quiet: Flag = False,
    json: Json = False,
    dry_run: Flag = False,
) -> Job:
    """Train one network for every combination of the settings, and summarise.

    Every setting may be a list, such as 0.1,0.5,2 or log:0.01:10:25 or linear:0:1:11; options
    override the experiment file. Without any, 1,000 seeds x 16 learning rates from 0.05 to 50.
    Runs that are stored in the folder already are not trained again.

    Parameters
    ----------
    experiment
        A TOML file of settings, with title, question and reference.
    seeds
        START:STOP (half-open), or a list. Default 0:1000.
    weights
        Store the final weights too (default), or not.
    out
        The folder for the results. Default results/NAME.
    format
        parquet (default), csv, or both: csv,parquet.
    threads
        Default: as many as there are processors.
    quiet
        No progress and no messages; the summary is printed all the same.
    json
        Print the summary as JSON.
    dry_run
        Say what would be trained and where it would be stored, and do nothing.
    """
    from xorbench.experiment import Experiment, examine
    from xorbench.places import usable_folder
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
    _, settings, number_of_threads, formats, _ = all_of(
        lambda: refuse(problems),
        lambda: make_settings(**(file.settings | overrides)),
        lambda: read_threads(threads),
        lambda: read_formats(format),
        lambda: out and usable_folder(out),
    )
    name = experiment.stem if experiment else "sweep"
    if overrides:
        name += f"-{settings.fingerprint[:8]}"
    folder = out or Path("results", name)
    if dry_run:
        return partial(print_plan, settings, folder)
    about = {
        "name": folder.absolute().name,
        "title": file.title,
        "question": file.question,
        "reference": file.reference,
    }
    return partial(run_sweep, settings, folder, about, formats, number_of_threads, quiet, json)


def read_formats(given: str | None) -> list[str]:
    """Read a list of formats."""
    formats = [word.strip() for word in (given or "").split(",")]
    refuse(
        [
            f"format: {shown(word)} {unknown_word(word, FORMATS)}"
            for word in formats
            if word not in FORMATS
        ]
    )
    return formats


def print_plan(settings: "Settings", folder: Path) -> int:
    """Say what a sweep would do."""
    print(
        f"{settings.rows:,} runs: {settings.point_count:,} points of the grid x "
        f"{settings.seed_count:,} seeds.\n"
        + "".join(f"  {name}: {value}\n" for name, value in settings.as_dict().items())
        + f"They would be stored in {folder}. Nothing was trained or written."
    )
    return DONE


def run_sweep(
    settings: "Settings",
    path: Path,
    about: dict[str, Any],
    formats: list[str],
    threads: int,
    quiet: bool,
    as_json: bool,
) -> int:
    """Train, store and summarise a sweep."""
    from xorbench.progress import progress_bar
    from xorbench.store import Folder

    folder = Folder(path, settings)
    try:
        with progress_bar(folder.missing, shown=sys.stderr.isatty() and not quiet) as show:
            report = folder.train(about, threads=threads, progress=show)
    except KeyboardInterrupt:
        say(
            f"interrupted; {settings.rows - folder.missing:,} of {settings.rows:,} runs are stored "
            f"in {path}. Give the same command again to go on from there."
        )
        return INTERRUPTED
    table = folder.write_tables(formats)
    if not quiet:
        known = settings.rows - report.runs
        print(
            f"Trained {report.runs:,} runs, {report.network_epochs:,} network-epochs, in "
            f"{report.train_seconds:.1f} s on {report.threads} "
            f"thread{'s' if report.threads > 1 else ''} "
            f"(and {report.compile_seconds:.1f} s to compile or load the kernel)."
            + (f" {known:,} were stored already." if known else "")
            + f"\nResults: {path}",
            file=sys.stderr,
        )
    return print_summary(table, path, as_json)
