"""The command `map`: a plane of two continuous settings, one run a pixel, as a picture."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xorbench.commands import DONE, INTERRUPTED, PARTIAL, Job, say
from xorbench.commands.options import NONE_GIVEN, Flag, Json, Options, Text
from xorbench.extras import require
from xorbench.problems import PartialError, all_of, refuse, shown, unknown_word

if TYPE_CHECKING:
    from xorbench.maps.plan import Plan


def draw_map(
    experiment: Path | None = None,
    /,
    *,
    x: Text = None,
    y: Text = None,
    size: Text = None,
    seed: Text = None,
    weights: Text = None,
    options: Options = NONE_GIVEN,
    colour: Text = None,
    out: Path | None = None,
    threads: Text = None,
    quiet: Flag = False,
    json: Json = False,
) -> Job:
    """Draw how training ends over a plane of two settings or starting weights, a run a pixel.

    An axis is NAME, NAME=linear:START:STOP or NAME=log:START:STOP, and NAME one of learning_rate,
    output_rate, output_rate_ratio, momentum, start_scale, stop_threshold, w1 to w9, or a constant
    of an optimizer. To zoom, give narrower ranges. A map that is interrupted goes on, and one
    that is drawn again in other colours is not trained again.

    Parameters
    ----------
    experiment
        A TOML file with these options' names, title, question and reference.
    x
        The axis to the right. Default learning_rate, from 0.3 to 100.
    y
        The axis upwards. Default start_scale, from 0 to 3: what the start is multiplied by.
    size
        N or WIDTHxHEIGHT pixels, each up to 4096. Default 512.
    seed
        Whose start all runs have, but for the axes. Default 27.
    weights
        Nine numbers w1,...,w9 to start from instead.
    colour
        epochs (default), by rank; or pairs: the gates of the hidden units as hue.
    out
        The folder for the results. Default results/map-ID, or results/maps/NAME of an experiment.
    threads
        Default: as many as there are processors.
    quiet
        No progress and no messages.
    json
        Print what the map shows as JSON.
    """
    from xorbench.experiment import WORDS
    from xorbench.maps.experiment import read_map
    from xorbench.maps.plan import make_plan
    from xorbench.places import usable_folder
    from xorbench.threads import read_threads

    own = {"x": x, "y": y, "size": size, "seed": seed, "weights": weights}
    given: dict[str, Any] = {name: value for name, value in own.items() if value is not None}
    given |= options.given()
    file, words, problems = read_map(experiment) if experiment else ({}, {}, [])
    if "weights" in given:
        file.pop("seed", None)
    if "seed" in given:
        file.pop("weights", None)
    _, plan, colours, number_of_threads, *_ = all_of(
        lambda: refuse(problems),
        lambda: make_plan(file | given),
        lambda: read_colour(colour),
        lambda: read_threads(threads),
        lambda: out and usable_folder(out),
        lambda: require("report", "matplotlib"),
    )
    path = out or folder_for(experiment, bool(given), plan)
    about = {name: words.get(name) for name in WORDS}
    return partial(run_map, plan, path, about, colours, number_of_threads, quiet, json)


def folder_for(experiment: Path | None, changed: bool, plan: "Plan") -> Path:
    """Choose the folder of a map."""
    if experiment is None:
        return Path("results", f"map-{plan.fingerprint[:8]}")
    return Path(
        "results", "maps", experiment.stem + (f"-{plan.fingerprint[:8]}" if changed else "")
    )


def read_colour(given: str | None) -> str:
    """Read what colours tell."""
    known = ("epochs", "pairs")
    if given is not None and given not in known:
        refuse([f"colour: {shown(given)} {unknown_word(given, known)}"])
    return given or "epochs"


def run_map(
    plan: "Plan",
    path: Path,
    about: dict[str, Any],
    colours: str,
    threads: int,
    quiet: bool,
    as_json: bool,
) -> int:
    """Train, store, draw and summarise a map."""
    from xorbench.maps.drawing import write
    from xorbench.maps.folder import MapFolder, picture_name
    from xorbench.maps.summary import picture_note, report, summarise
    from xorbench.progress import progress_bar

    folder = MapFolder(path, plan)
    bar = partial(progress_bar, shown=sys.stderr.isatty() and not quiet)
    again = "Give the same command again to go on."
    try:
        reports = folder.train(about, threads=threads, bar=bar)
        ending = folder.endings()
        summary = summarise(ending)
        folder.write_summary(summary)
        picture = path / picture_name(colours)
        title = about["title"] or f"{plan.x.words} and {plan.y.words}"
        write(picture, plan, ending, colours, title, picture_note(plan, summary))
    except KeyboardInterrupt:
        stored = plan.runs - folder.missing_runs
        say(f"interrupted; {stored:,} of {plan.runs:,} runs are stored in {path}. {again}")
        return INTERRUPTED
    except PartialError as error:
        say(f"{error} Once that is mended: {again}")
        return PARTIAL
    if not quiet:
        runs = sum(report.runs for report in reports)
        epochs = sum(report.network_epochs for report in reports)
        seconds = sum(report.train_seconds for report in reports)
        known = f" {plan.runs - runs:,} were stored already." if runs < plan.runs else ""
        say(f"trained {runs:,} runs, {epochs:,} network-epochs, in {seconds:.1f} s.{known}")
        say(f"wrote {picture}.")
    print(json.dumps(summary, indent=2) if as_json else report(summary))
    return DONE
