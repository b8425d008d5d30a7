"""The command `read`: the summary of a stored sweep again, or its table."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xorbench.commands import DONE, Job, say
from xorbench.commands.options import Json
from xorbench.problems import all_of, refuse

if TYPE_CHECKING:
    import pandas as pd


def read(
    folder: Path,
    /,
    *,
    to: Path | None = None,
    json: Json = False,
) -> Job:
    """Print the summary of a stored sweep again, or export its table.

    Parameters
    ----------
    folder
        The folder of the sweep.
    to
        Write the table to this file, .csv or .parquet, instead.
    json
        Print the summary as JSON.
    """
    from xorbench.manifest import read_manifest
    from xorbench.places import usable_file
    from xorbench.reading import read, summarise_folder

    if to and to.suffix not in (".csv", ".parquet"):
        refuse([f"to: {to} is not allowed; give a file name in .csv or .parquet."])
    _, table = all_of(lambda: to and usable_file(to, "to"), lambda: read(folder))
    if to is not None:
        return partial(export, table, to)
    return partial(print_summary, read_manifest(folder), summarise_folder(folder), json)


def export(table: "pd.DataFrame", file: Path) -> int:
    """Write the table of a stored sweep to a file."""
    from xorbench import reading

    reading.export(table, file)
    say(f"wrote {len(table):,} runs to {file}.")
    return DONE


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
