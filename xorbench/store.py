"""The folder of a sweep: manifest.json, runs/*.parquet, and the tables made of them.

A chunk of runs whose file is whole is not trained again; everything else that is found among the
runs is told, moved out of the way and trained anew.
"""

import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from xorbench import __version__
from xorbench.chunk_files import encode, provenance_of
from xorbench.chunks import NAME, RUNS, WHOLE, Chunks, Shard, chunk_rows, file_of
from xorbench.cluster.address import Cluster
from xorbench.cluster.training import train_on_cluster
from xorbench.cluster.work import Task
from xorbench.encoding import Grid
from xorbench.inspection import inspect, put_in_order, refuse_link
from xorbench.jit import kernel_hash
from xorbench.locations import Location, storage_at
from xorbench.locking import locked
from xorbench.manifest import (
    INITIAL_WEIGHTS,
    describe,
    describe_training,
    read_manifest,
    stored_chunks,
    write_manifest,
    write_weights,
)
from xorbench.places import MANIFEST, cut_off, unusable, usable_folder
from xorbench.problems import OtherSettingsError
from xorbench.reading import CSV, is_csv_alone, read, summarise_folder, write_csv_of
from xorbench.runner import Progress, Report, train_chunks
from xorbench.settings import Settings, difference_lines
from xorbench.table import Results, csv_text, make_table

SUMMARY = "summary.csv"

Shower: TypeAlias = Callable[[int], AbstractContextManager[Progress | None]]
"""Shows the progress of so many runs."""


def show_nothing(runs: int) -> AbstractContextManager[None]:
    """Do not show progress."""
    return nullcontext()


def warn(text: str) -> None:
    """Tell the user of the library what was found."""
    warnings.warn(text, RuntimeWarning, stacklevel=2)


class Folder:
    """Where a sweep is stored.

    Parameters
    ----------
    path : path, or text s3://BUCKET/PATH
    settings : Settings
    shard : Shard
        The share of its chunks that is trained here.
    anew : bool
        Remove what is stored of any sweep first.
    tell : callable
        Called with a sentence for everything that was found and should not have been there.

    Raises
    ------
    SettingsError
        If the folder cannot be written or holds other things.
    OtherSettingsError
        If it holds the results of other settings.
    """

    def __init__(
        self,
        path: Location,
        settings: Settings,
        *,
        shard: Shard = WHOLE,
        anew: bool = False,
        tell: Callable[[str], None] = warn,
    ) -> None:
        self.path = usable_folder(path)
        self.settings = settings
        self.shard = shard
        self.anew = anew
        self.tell = tell
        self.grid = Grid(settings)
        self.storage = storage_at(self.path)
        # Once for all chunks: the fingerprint is a hash of all settings, of given weights too.
        self._provenance = partial(
            provenance_of, fingerprint=settings.fingerprint, weights=settings.weights
        )
        manifest = read_manifest(self.path) if self.storage.exists(MANIFEST) else {}
        if manifest and not anew:
            refuse_other_settings(self.path, manifest, settings)
            self.chunks = Chunks(settings.rows, stored_chunks(manifest).size)
        else:
            self.chunks = Chunks(settings.rows, chunk_rows(settings))
        self.stored = np.zeros(self.chunks.total, dtype=np.bool_)
        self.examined = False
        self.summary: pd.DataFrame | None = None

    @property
    def mine(self) -> Chunks:
        """The chunks of this shard."""
        return self.chunks.only(self.shard.numbers(self.chunks.total))

    @property
    def missing(self) -> Chunks:
        """The chunks of this shard that are not stored yet."""
        mine = self.mine.numbers
        return self.chunks.only(mine[~self.stored[mine]])

    @property
    def stored_runs(self) -> int:
        """How many runs are known to be stored."""
        return self.chunks.only(np.flatnonzero(self.stored)).runs

    def train(
        self,
        about: dict[str, Any],
        *,
        formats: Sequence[str] = ("parquet",),
        threads: int | None = None,
        cluster: Cluster | None = None,
        progress: Shower = show_nothing,
    ) -> Report:
        """Train and store every chunk that is not stored yet; once all are, write the tables.

        Parameters
        ----------
        about : dict
            What else the manifest says at its beginning: name, title, question, reference.
        formats : sequence of "parquet", "csv"
            Without "parquet", the files in runs/ are removed once the CSV is whole.
        threads : int, optional
        cluster : Cluster, optional
            Where the chunks are trained, instead of in threads here.
        progress : callable
            Given the number of missing runs, a context manager of a `runner.Progress` or None.

        Raises
        ------
        SettingsError
            If another process is at it, or the folder cannot be used.
        OtherSettingsError
            If it holds the results of another kernel.
        PartialError
            If not everything could be stored.
        """
        begun = self.storage.exists(MANIFEST)
        try:
            with locked(self.path, self.shard):
                refuse_link(self.storage)
                if self.shard == WHOLE:
                    self.storage.clear()
                if self.anew:
                    self._remove_sweep()
                self._refuse_others()
                self._examine()
                manifest = {**about, **describe(self.settings, self.chunks)}
                manifest |= {"formats": list(formats), "complete": False}
                missing = self.missing
                if missing or not self._is_told_complete():
                    write_manifest(self.storage, manifest)
                    if self.settings.initial_weights is not None:
                        write_weights(self.storage, self.settings.initial_weights)
                begun = True
                with progress(missing.runs) as show:
                    report = self._train(missing, threads, cluster, show)
                if self.is_complete():
                    if report.runs or not self._is_told_complete():
                        training = describe_training(report) if report.runs else {}
                        write_manifest(self.storage, {**manifest, "complete": True, **training})
                    self._write_tables(formats)
        except OSError as error:
            if not begun:
                raise unusable(self.path, error) from None
            raise cut_off(self.path, error, self.how_far()) from None
        return report

    def _train(
        self,
        missing: Chunks,
        threads: int | None,
        cluster: Cluster | None,
        progress: Progress | None,
    ) -> Report:
        if cluster is None or not missing:
            return train_chunks(self.grid, missing, self._store, threads=threads, progress=progress)
        task = Task(
            location=self.storage.address,
            manifest=read_manifest(self.path),
            version=__version__,
            kernel=kernel_hash(),
        )
        return train_on_cluster(cluster, task, missing, self._note, progress)

    def _note(self, number: int) -> None:
        self.stored[number] = True

    def how_far(self) -> str:
        """Say how much is stored."""
        if not self.examined:
            return f"what is stored in {self.path} is as it was"
        share = "" if self.shard == WHOLE else f" of shard {self.shard}"
        return f"{self.stored_runs:,} of {self.mine.runs:,} runs{share} are stored in {self.path}"

    def is_complete(self) -> bool:
        """Tell whether all chunks are there, those of other shards too."""
        if self.stored.all():
            return True
        if self.shard == WHOLE:
            return False
        numbers = {self.chunks.number_of(name) for name in self.storage.names(RUNS)} - {None}
        return len(numbers) == self.chunks.total

    def _is_told_complete(self) -> bool:
        return self.storage.exists(MANIFEST) and read_manifest(self.path).get("complete") is True

    def _refuse_others(self) -> None:
        """Refuse what another process may have begun before this one held the lock."""
        if self.storage.exists(MANIFEST):
            refuse_other_settings(self.path, read_manifest(self.path), self.settings)

    def _examine(self) -> None:
        """Find what is stored; tell what else is there, and move it away."""
        self.examined = True
        if is_csv_alone(self.storage):
            if read_manifest(self.path).get("kernel") != kernel_hash():
                raise of_another_version(self.storage.place(CSV))
            self.stored[:] = True
            return
        found = inspect(self.storage, self.chunks, self._provenance, self.shard)
        if found.of_other_kernel and read_manifest(self.path).get("kernel") != kernel_hash():
            raise of_another_version(self.storage.place(f"{RUNS}/{found.of_other_kernel[0]}"))
        self.stored = found.stored
        put_in_order(self.storage, self.chunks, found, "sweep", self.tell)

    def _remove_sweep(self) -> None:
        """Remove what sweeps have made here, and nothing else; the manifest last."""
        runs = [f"{RUNS}/{name}" for name in self.storage.names(RUNS) if NAME.fullmatch(name)]
        tables = [name for name in (SUMMARY, CSV, INITIAL_WEIGHTS) if self.storage.exists(name)]
        if not self.storage.exists(MANIFEST):
            return
        for name in (*runs, *tables, MANIFEST):
            self.storage.remove(name)
        self.storage.remove_folder(RUNS)
        self.tell(
            f"{self.path}: removed {', '.join([MANIFEST, *tables])}"
            f" and {len(runs):,} file{'' if len(runs) == 1 else 's'} in {RUNS}/."
        )

    def _store(self, results: Results) -> None:
        self._write_chunk(results.rows, make_table(self.grid, results))

    def _write_chunk(self, rows: range, runs: pd.DataFrame) -> None:
        self.storage.write(file_of(rows), encode(runs, self._provenance(rows)))
        self.stored[rows.start // self.chunks.size] = True

    def _write_tables(self, formats: Sequence[str]) -> None:
        """Write the summary of the complete sweep, and its table in the formats asked for."""
        self.summary = summarise_folder(self.path)
        self.storage.write(SUMMARY, csv_text(self.summary).encode())
        alone = is_csv_alone(self.storage)
        if "csv" in formats and not alone:
            write_csv_of(self.storage, read_manifest(self.path))
        if "parquet" in formats and alone:
            table = read(self.path)
            for rows in self.chunks:
                self._write_chunk(rows, table[rows.start : rows.stop])
        if "parquet" not in formats:
            for rows in self.chunks:
                self.storage.remove(file_of(rows))
            self.storage.remove_folder(RUNS)


def refuse_other_settings(path: Location, manifest: dict[str, Any], settings: Settings) -> None:
    """Refuse to continue a sweep of other settings, and name them with both values."""
    other = difference_lines(manifest["settings"], settings.as_dict())
    if other:
        raise OtherSettingsError(
            "\n".join(
                [
                    f"The folder {path} holds the results of other settings:",
                    *other,
                    "Give another folder with --out, or --force to sweep, which removes what is"
                    " stored.",
                ]
            )
        )


def of_another_version(place: str) -> OtherSettingsError:
    """Say that a file cannot be continued."""
    return OtherSettingsError(
        f"{place} was made by another version of xorbench or its libraries. Give another folder"
        " with --out, or --force to sweep, which removes what is stored."
    )
