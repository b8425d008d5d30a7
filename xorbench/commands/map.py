"""The command `map`: a plane of two continuous settings, one run a pixel, as a picture."""

import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import Parameter

from xorbench.commands import DONE, INTERRUPTED, PARTIAL, Job, say
from xorbench.commands.options import Flag, Json, SingleOptions, Text
from xorbench.extras import require
from xorbench.problems import PartialError, all_of, refuse, shown, unknown_word

if TYPE_CHECKING:
    from xorbench.maps.plan import Plan


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class MapOptions(SingleOptions):
    """The settings, as all runs of a map share them."""

    learning_rate: Text = None
    "A number of 0 or more. Default 0.5."
    max_epochs: Text = None
    "Where a run is given up (censored). Default 5000."
    initial_weights: Text = None
    "Not of maps: give weights."


NONE_GIVEN = MapOptions()


def draw_map(
    experiment: Path | None = None,
    /,
    *,
    x: Text = None,
    y: Text = None,
    size: Text = None,
    seed: Text = None,
    weights: Text = None,
    options: MapOptions = NONE_GIVEN,
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
        N or WIDTHxHEIGHT pixels, 16 to 4096, neither more than 4 times the other. Default 512.
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
    from xorbench.maps.experiment import overridden, read_map
    from xorbench.maps.plan import make_plan
    from xorbench.threads import read_threads

    given = options.given(x=x, y=y, size=size, seed=seed, weights=weights)
    file, words, problems = read_map(experiment) if experiment else ({}, {}, [])
    _, plan, colours, number_of_threads, *_ = all_of(
        lambda: refuse(problems),
        lambda: make_plan(overridden(file, given)),
        lambda: read_colour(colour),
        lambda: read_threads(threads),
        lambda: refuse_unusable(out),
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


def refuse_unusable(out: Path | None) -> None:
    """Refuse a folder that cannot hold a map."""
    from xorbench.places import usable_folder

    if out is None:
        return
    if out.parts[:1] == ("s3:",):
        refuse(["out: a map is not stored on S3; give a folder."])
    usable_folder(out)


def read_colour(given: str | None) -> str:
    """Read what colours tell."""
    from xorbench.maps.ending import COLOURS

    if given is not None and given not in COLOURS:
        refuse([f"colour: {shown(given)} {unknown_word(given, COLOURS)}"])
    return given or COLOURS[0]


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
    from xorbench.maps.folder import MapFolder
    from xorbench.maps.summary import picture_note, report, summarise
    from xorbench.places import cut_off
    from xorbench.progress import progress_bar

    folder = MapFolder(path, plan, tell=say)
    show = partial(progress_bar, shown=sys.stderr.isatty() and not quiet)
    picture = path / ("map.png" if colours == "epochs" else f"map-{colours}.png")
    again = "Give the same command again to go on."
    try:
        training = folder.train(about, threads=threads, progress=show)
        ending = folder.endings()
        summary = summarise(ending)
        folder.write_summary(summary)
        title = about["title"] or f"{plan.x.words} and {plan.y.words}"
        write(picture, plan, ending, colours, title, picture_note(plan, summary, colours))
    except KeyboardInterrupt:
        say(f"interrupted; {folder.how_far()}. {again}")
        return INTERRUPTED
    except PartialError as error:
        say(f"{error} {again}")
        return PARTIAL
    except OSError as error:
        say(f"{cut_off(path, error, folder.how_far())} {again}")
        return PARTIAL
    if not quiet:
        known = plan.runs - training.runs
        say(
            f"trained {training.runs:,} runs, {training.network_epochs:,} network-epochs, in"
            f" {training.train_seconds:.1f} s."
            + (f" {known:,} were stored already." if known else "")
        )
        say(f"wrote {picture}.")
    print(json.dumps(summary, indent=2) if as_json else report(summary))
    return DONE
