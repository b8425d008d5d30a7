"""Stored sweeps, read: their tables and their summaries."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from xorbench.chunk_files import DamagedError, decode
from xorbench.chunks import RUNS, Chunks, file_of
from xorbench.filtering import ALL, Filter
from xorbench.manifest import read_manifest, stored_chunks, stored_columns
from xorbench.places import replacing, resume_command
from xorbench.problems import SettingsError
from xorbench.query import Source
from xorbench.statistics import summarise
from xorbench.storage import Storage
from xorbench.table import read_csv, write_csv

CSV = "runs.csv"


def is_csv_alone(storage: Storage) -> bool:
    """Tell whether the table in the folder of a sweep was asked for as CSV alone."""
    return storage.exists(CSV) and not storage.exists(RUNS)


def read(folder: str | Path) -> pd.DataFrame:
    """Read a stored sweep as the table that :func:`xorbench.sweep` returned.

    Parameters
    ----------
    folder : path

    Returns
    -------
    DataFrame

    Raises
    ------
    SettingsError
        If there is no complete sweep in the folder.
    """
    manifest = read_manifest(folder)
    columns = stored_columns(manifest)
    storage = Storage(Path(folder))
    if is_csv_alone(storage):
        return read_csv(Path(folder, CSV), columns)
    return columns.typed(pa.concat_tables(chunk_tables(storage, manifest)))


def chunk_tables(storage: Storage, manifest: dict[str, Any]) -> Iterator[pa.Table]:
    """Read the chunks of a stored sweep one after another.

    Raises
    ------
    SettingsError
        If one is not there or damaged.
    """
    for rows in whole_chunks(storage, manifest):
        try:
            yield decode(storage.read(file_of(rows)))
        except DamagedError:
            raise SettingsError(
                [
                    f"{storage.place(file_of(rows))} is damaged;"
                    f" {resume_command(storage.root)} trains its runs again."
                ]
            ) from None


def whole_chunks(storage: Storage, manifest: dict[str, Any]) -> Chunks:
    """List the chunks of a stored sweep of which all have a file.

    Raises
    ------
    SettingsError
        If one has none.
    """
    chunks = stored_chunks(manifest)
    there = {chunks.number_of(name) for name in storage.names(RUNS)} - {None}
    if len(there) < chunks.total:
        raise SettingsError(
            [
                f"{storage.root} has {len(there):,} of {chunks.total:,} files of runs;"
                f" {resume_command(storage.root)} makes the others."
            ]
        )
    return chunks


def runs_of(folder: Path) -> Source:
    """Give the runs of a stored sweep to queries: its files, or the table of one stored as CSV."""
    manifest = read_manifest(folder)
    storage = Storage(folder)
    if is_csv_alone(storage):
        return read(folder)
    return [folder / file_of(rows) for rows in whole_chunks(storage, manifest)]


def summarise_folder(folder: Path, where: Filter = ALL) -> pd.DataFrame:
    """Summarise a stored sweep, or some of its runs, a row for each point of its grid."""
    manifest = read_manifest(folder)
    limit = manifest["settings"]["max_epochs"]
    axes = stored_columns(manifest).axes
    limit = limit if isinstance(limit, int) else None
    return summarise(runs_of(folder), axes, limit, where)


def write_csv_of(folder: Path, path: Path) -> None:
    """Write the table of a stored sweep as CSV, a chunk at a time."""
    manifest = read_manifest(folder)
    storage = Storage(folder)
    columns = stored_columns(manifest)
    with replacing(path) as temporary:
        for table in chunk_tables(storage, manifest):
            write_csv(columns.typed(table), temporary, append=temporary.exists())


def export(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or, where the name ends so, as parquet."""
    with replacing(path) as temporary:
        if path.suffix == ".parquet":
            table.to_parquet(temporary, index=False, compression="zstd")
        else:
            write_csv(table, temporary)
