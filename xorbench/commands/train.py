"""The command `train`: one network, and what it learned."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cyclopts import Parameter

from xorbench.commands import DONE, Job, say
from xorbench.commands.options import Flag, SingleOptions, Text
from xorbench.problems import all_of, refuse

if TYPE_CHECKING:
    from xorbench.settings import Settings

PICTURES = (".png", ".svg", ".pdf")
TUTORIAL = {"learning_rate": "0.6", "update": "online"}


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class RunOptions(SingleOptions):
    """The settings, as a single run has them."""

    learning_rate: Text = None
    "A number of 0 or more. Default 0.6."
    update: Text = None
    "batch, online (default) or shuffled."
    initial_weights: Text = None
    "A .csv or .npy file of starting weights, nine in a row, instead of seed and init."


NONE_GIVEN = RunOptions()


def train(
    *,
    seed: Text = None,
    options: RunOptions = NONE_GIVEN,
    history: Path | None = None,
    record: Text = None,
    plot: Path | None = None,
    explain: Flag = False,
) -> Job:
    """Train one network and show what it learned.

    Without options, it is the network of the tutorial: seed 27, learning rate 0.6, online.

    Parameters
    ----------
    seed
        A whole number from 0 to 4294967295. Default 27.
    history
        Write the weights and errors after every recorded epoch to this CSV file.
    record
        Which epochs: all (default), or log:N for N in each power of ten (default log:100 where
        max-epochs is above a million).
    plot
        Draw the run into this file, .png, .svg or .pdf.
    explain
        Explain the whole computation step by step, as a tutorial does.
    """
    from xorbench.explain import unexplained
    from xorbench.places import usable_file
    from xorbench.recording import read_record
    from xorbench.settings import make_settings

    given: dict[str, Any] = TUTORIAL | options.given()
    if seed is not None or "initial_weights" not in given:
        given["seeds"] = 27 if seed is None else seed
    settings, *_ = all_of(
        lambda: make_settings(**given),
        lambda: read_record(record, 1),
        lambda: history and usable_file(history, "history"),
        lambda: plot and picture_file(plot),
    )
    if explain:
        refuse(unexplained(settings))
    return partial(run_train, settings, record, history, plot, explain)


def picture_file(path: Path) -> Path:
    """Return the file of a picture as it was given.

    Raises
    ------
    SettingsError
        If there is no such kind of picture, it cannot be written, or the library is missing.
    """
    from xorbench.extras import require
    from xorbench.places import usable_file

    if path.suffix.lower() not in PICTURES:
        refuse([f"plot: {path} is not allowed; give a file name in .png, .svg or .pdf."])
    require("report", "matplotlib")
    return usable_file(path, "plot")


def run_train(
    settings: "Settings",
    record: str | None,
    history: Path | None,
    plot: Path | None,
    explain: bool,
) -> int:
    """Train one network and say what became of it."""
    from xorbench.training import describe_run, explain_run, train_settings

    run = train_settings(settings, record)
    print(explain_run(run) if explain else describe_run(run))
    if history is not None:
        run.history.to_csv(history, index=False)
        say(f"wrote {history}.")
    if plot is not None:
        from xorbench.figures.run import write

        write(run, plot)
        say(f"wrote {plot}.")
    return DONE
