"""Whether a stored sweep is what it says: every row there once, and rows drawn at random right."""

import random
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench.chunk_files import DamagedError, Provenance, decode, provenance_of
from xorbench.chunks import RUNS, file_of
from xorbench.encoding import Grid
from xorbench.inspection import inspect
from xorbench.jit import kernel_hash
from xorbench.locations import Location, storage_at
from xorbench.manifest import read_manifest, stored_chunks, stored_settings
from xorbench.places import MANIFEST
from xorbench.reading import CSV, is_csv_alone
from xorbench.runner import train_chunks
from xorbench.settings import Settings
from xorbench.storage import Storage
from xorbench.store import Shower, show_nothing
from xorbench.table import Columns, Results, grid_columns, make_table, read_csv


@dataclass
class Verification:
    """What was checked, and what is wrong.

    Attributes
    ----------
    rows : int
        Of the sweep.
    files : int
        That are as they should be.
    drawn : int
        Rows that were computed again.
    problems : list of str
        A sentence for everything about the files that is not as it should be.
    differing : dict
        Of the drawn rows that differ, by their numbers: in what.
    notes : list of str
        What one should know to judge it.
    """

    rows: int
    files: int = 0
    drawn: int = 0
    problems: list[str] = field(default_factory=list)
    differing: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def verify(
    folder: Location,
    sample: int,
    seed: int,
    *,
    threads: int | None = None,
    progress: Shower = show_nothing,
) -> Verification:
    """Check a stored sweep.

    Parameters
    ----------
    folder : path, or text s3://BUCKET/PATH
    sample : int
        How many rows are drawn and computed again; all if there are fewer.
    seed : int
        Decides which.
    threads, progress
        As in `store.Folder.train`.

    Raises
    ------
    SettingsError
        If there is no sweep in the folder.
    """
    storage = storage_at(folder)
    manifest = read_manifest(folder)
    settings = stored_settings(storage, manifest)
    grid = Grid(settings)
    result = Verification(settings.rows)
    if manifest.get("fingerprint") != settings.fingerprint:
        result.problems.append(f"{storage.place(MANIFEST)}: its fingerprint is not its settings'.")
    if manifest.get("kernel") != kernel_hash():
        result.notes.append(
            "The sweep was made by another version of xorbench or its libraries; where last digits"
            " differ, that may be why."
        )
    drawn = sorted(random.Random(seed).sample(range(settings.rows), min(sample, settings.rows)))
    kept: dict[range, pd.DataFrame] = {}
    for rows, runs in whole_chunks(storage, manifest, settings, result):
        problems = wrong_places(grid, rows, runs)
        result.problems += problems
        result.files += not problems
        if len(runs) == len(rows):
            chosen = drawn[bisect_left(drawn, rows.start) : bisect_left(drawn, rows.stop)]
            for part in consecutive(chosen):
                kept[part] = runs.iloc[part.start - rows.start : part.stop - rows.start]

    differing: dict[int, str] = {}

    def compare(results: Results) -> None:
        differing.update(differences(results.rows, kept[results.rows], make_table(grid, results)))

    result.drawn = sum(map(len, kept))
    with progress(result.drawn) as show:
        train_chunks(grid, list(kept), compare, threads=threads, progress=show)
    result.differing = dict(sorted(differing.items()))
    return result


def whole_chunks(
    storage: Storage, manifest: dict[str, Any], settings: Settings, result: Verification
) -> Iterator[tuple[range, pd.DataFrame]]:
    """Read every file that is whole and belongs to the sweep; note which are not there or not."""
    columns = Columns.of(settings)
    if is_csv_alone(storage):
        with storage.open(CSV) as table:
            yield range(settings.rows), read_csv(table, columns)
        return

    fingerprint = settings.fingerprint

    def provenance(rows: range) -> Provenance:
        return replace(
            provenance_of(rows, fingerprint=fingerprint, weights=settings.weights),
            kernel=str(manifest.get("kernel")),
            version=str(manifest.get("versions", {}).get("xorbench")),
        )

    chunks = stored_chunks(manifest)
    found = inspect(storage, chunks, provenance)
    result.problems += [
        f"{storage.place(f'{RUNS}/{name}')} is not of this sweep." for name in found.foreign
    ]
    result.problems += [
        f"{storage.place(f'{RUNS}/{name}')} is damaged: {damage}."
        for name, damage in found.damaged.items()
    ]
    for number, rows in enumerate(chunks):
        file = file_of(rows)
        if not found.stored[number]:
            if not storage.exists(file):
                result.problems.append(f"{storage.place(file)} is missing.")
            continue
        try:
            runs = columns.typed(decode(storage.read(file)))
        except (DamagedError, KeyError, ValueError, TypeError) as error:
            result.problems.append(f"{storage.place(file)} is damaged: {error}.")
        else:
            yield rows, runs


def wrong_places(grid: Grid, rows: range, runs: pd.DataFrame) -> list[str]:
    """Say where the seeds and axes are not those of the rows, each once and in their order."""
    file = file_of(rows)
    if len(runs) != len(rows):
        return [f"{file} has {len(runs):,} rows instead of {len(rows):,}."]
    expected = pd.DataFrame(grid_columns(grid, rows), copy=False)
    wrong = np.zeros(len(rows), np.bool_)
    for name in expected:
        wrong |= bits(runs[name]) != bits(expected[name])
    places = np.flatnonzero(wrong)
    if not places.size:
        return []
    return [
        f"{file}: {places.size:,} rows are not those that belong there, the first of them row"
        f" {rows.start + int(places[0]):,}."
    ]


def consecutive(rows: list[int]) -> list[range]:
    """Join ascending rows that follow each other.

    Examples
    --------
    >>> consecutive([3, 4, 5, 8])
    [range(3, 6), range(8, 9)]
    """
    parts: list[range] = []
    for row in rows:
        if parts and parts[-1].stop == row:
            parts[-1] = range(parts[-1].start, row + 1)
        else:
            parts.append(range(row, row + 1))
    return parts


def differences(rows: range, stored: pd.DataFrame, computed: pd.DataFrame) -> dict[int, str]:
    """Say of each row that differs by a bit in which columns it does."""
    found: dict[int, list[str]] = {}
    for name in computed:
        for place in np.flatnonzero(bits(stored[name]) != bits(computed[name])).tolist():
            was, should = stored[name].iloc[place], computed[name].iloc[place]
            found.setdefault(rows[place], []).append(f"{name} is {was!s}, computed {should!s}")
    return {row: "; ".join(texts) for row, texts in found.items()}


def bits(column: "pd.Series[Any]") -> npt.NDArray[Any]:
    """Give the values of a column in a form in which only equal bits are equal."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return np.asarray(column.cat.codes)
    values = column.to_numpy()
    if values.dtype != np.float64:
        return values
    # There is one nan only: CSV knows no others.
    return np.where(np.isnan(values), np.nan, values).view(np.int64)
