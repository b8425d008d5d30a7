"""The command `read`: the summary of a stored sweep again, or its table."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xorbench.commands import DONE, Job, say
from xorbench.commands.options import Json, Text
from xorbench.problems import all_of, refuse

if TYPE_CHECKING:
    import pandas as pd

    from xorbench.filtering import Filter
    from xorbench.locations import Location


def read(
    folder: str,
    /,
    *,
    where: Text = None,
    columns: Text = None,
    to: Path | None = None,
    json: Json = False,
) -> Job:
    """Print the summary of a stored sweep again, or write its runs.

    The folder may be larger than the memory.

    Parameters
    ----------
    folder
        The folder of the sweep, or s3://BUCKET/PATH.
    where
        Only runs for which this holds, such as "learning_rate > 1 and outcome = 'converged'".
    columns
        Write only these columns, such as seed,epochs; without --to as CSV to standard output.
    to
        Write the runs to this file, .csv or .parquet.
    json
        Print the summary as JSON.
    """
    from xorbench.exporting import read_names
    from xorbench.filtering import ALL, never_equal, read_filter
    from xorbench.locations import read_location
    from xorbench.manifest import read_manifest, stored_columns
    from xorbench.places import usable_file
    from xorbench.reading import runs_of

    if to and to.suffix not in (".csv", ".parquet"):
        refuse([f"to: {to} is not allowed; give a file name in .csv or .parquet."])
    all_of(lambda: to and usable_file(to, "to"), lambda: runs_of(folder))
    location = read_location(folder)
    manifest = read_manifest(location)
    stored = stored_columns(manifest)
    types = stored.types
    chosen, names = all_of(
        lambda: ALL if where is None else read_filter(where, types),
        lambda: read_names(columns, types),
    )
    for note in never_equal(chosen, stored.axes):
        say(note)
    if to is not None:
        return partial(write_runs, location, to, chosen, names)
    if columns is not None:
        return partial(print_runs, location, chosen, names)
    return partial(print_chosen, location, manifest, chosen, json)


def write_runs(folder: "Location", to: Path, where: "Filter", names: list[str]) -> int:
    """Write runs of a stored sweep to a file."""
    from xorbench.exporting import export

    say(f"wrote {export(folder, to, where, names):,} runs to {to}.")
    return DONE


def print_runs(folder: "Location", where: "Filter", names: list[str]) -> int:
    """Print runs of a stored sweep as CSV."""
    from xorbench.exporting import print_csv

    print_csv(folder, where, names, sys.stdout)
    return DONE


def print_chosen(
    folder: "Location", manifest: dict[str, Any], where: "Filter", as_json: bool
) -> int:
    """Print the summary of runs of a stored sweep."""
    from xorbench.reading import summarise_folder

    return print_summary(manifest, summarise_folder(folder, where), as_json)


def print_summary(manifest: dict[str, Any], summary: "pd.DataFrame", as_json: bool) -> int:
    """Print the summary of a stored sweep."""
    from xorbench.statistics import format_summary, summary_records

    if as_json:
        print(json.dumps({**manifest, "summary": summary_records(summary)}, indent=2))
        return DONE
    for key in ("title", "question", "reference"):
        if manifest.get(key):
            print(manifest[key])
    print(format_summary(summary))
    return DONE
