"""Stored sweeps, read: their tables and their summaries."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa

from xorbench.chunk_files import DamagedError, decode
from xorbench.chunks import RUNS, Chunks, file_of
from xorbench.filtering import ALL, Filter
from xorbench.locations import Location, storage_at
from xorbench.manifest import read_manifest, stored_chunks, stored_columns
from xorbench.places import how_to_repair, resume_command
from xorbench.problems import SettingsError
from xorbench.query import Files, Source
from xorbench.statistics import summarise
from xorbench.storage import Storage
from xorbench.table import csv_text, read_csv

CSV = "runs.csv"
PORTION = 65_536  # rows that are made a text at once


def is_csv_alone(storage: Storage) -> bool:
    """Tell whether the table in the folder of a sweep was asked for as CSV alone."""
    return storage.exists(CSV) and not storage.exists(RUNS)


def read(folder: Location) -> pd.DataFrame:
    """Read a stored sweep as the table that :func:`xorbench.sweep` returned.

    Parameters
    ----------
    folder : path, or text s3://BUCKET/PATH

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
    storage = storage_at(folder)
    if is_csv_alone(storage):
        with storage.open(CSV) as file:
            return read_csv(file, columns)
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
                [f"{storage.place(file_of(rows))} is damaged; {how_to_repair(storage.location)}."]
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
                f"{storage.location} has {len(there):,} of {chunks.total:,} files of runs;"
                f" {resume_command(storage.location)} makes the others."
            ]
        )
    return chunks


def runs_of(folder: Location) -> Source:
    """Give the runs of a stored sweep to queries: its files, or the table of one stored as CSV."""
    manifest = read_manifest(folder)
    storage = storage_at(folder)
    if is_csv_alone(storage):
        return read(folder)
    files = [storage.place(file_of(rows)) for rows in whole_chunks(storage, manifest)]
    return Files(files, storage.filesystem(RUNS))


def summarise_folder(folder: Location, where: Filter = ALL) -> pd.DataFrame:
    """Summarise a stored sweep, or some of its runs, a row for each point of its grid."""
    manifest = read_manifest(folder)
    limit = manifest["settings"]["max_epochs"]
    axes = stored_columns(manifest).axes
    limit = limit if isinstance(limit, int) else None
    return summarise(runs_of(folder), axes, limit, where)


def write_csv_of(storage: Storage, manifest: dict[str, Any]) -> None:
    """Write the table of a stored sweep as CSV, a chunk at a time."""
    columns = stored_columns(manifest)

    def parts() -> Iterator[bytes]:
        header = True
        for table in map(columns.typed, chunk_tables(storage, manifest)):
            for start in range(0, len(table), PORTION):
                yield csv_text(table[start : start + PORTION], header=header).encode()
                header = False

    storage.write_parts(CSV, parts())
