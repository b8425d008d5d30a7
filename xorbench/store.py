"""The folder of a sweep: manifest.json, runs/*.parquet, and the tables made of them.

Every file is written under a temporary name and then renamed, so that a file with its proper name
is whole; a chunk that is stored is not trained again.
"""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from xorbench import __version__
from xorbench.encoding import Grid
from xorbench.jit import kernel_hash
from xorbench.machine import machine, versions
from xorbench.places import MANIFEST, replacing, unusable, usable_folder
from xorbench.problems import OtherSettingsError, SettingsError
from xorbench.runner import Progress, Report, train_chunks
from xorbench.settings import Settings, differences, make_settings
from xorbench.statistics import summarise
from xorbench.table import Columns, Results, make_table, read_csv, read_parquet, write_csv

RUNS = "runs"
SUMMARY = "summary.csv"
CSV = "runs.csv"

SMALLEST_CHUNK = 1024
LARGEST_CHUNK = 262_144


def chunks_of(rows: int) -> list[range]:
    """Divide rows into chunks, a file each: at least 64 if they are not small, all of one size."""
    size = SMALLEST_CHUNK
    while size < LARGEST_CHUNK and rows > 64 * size:
        size *= 2
    return [range(start, min(start + size, rows)) for start in range(0, rows, size)]


def write_json(content: dict[str, Any], path: Path) -> None:
    """Write a JSON file that people can read."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def chunk_file(path: Path, rows: range) -> Path:
    """Name the file of a chunk in the folder of a sweep."""
    return path / RUNS / f"{rows.start:015d}-{rows.stop:015d}.parquet"


def is_csv_alone(path: Path) -> bool:
    """Tell whether the table in the folder of a sweep was asked for as CSV alone."""
    return (path / CSV).exists() and not (path / RUNS).exists()


def of_another_version(path: Path) -> OtherSettingsError:
    """Say that a file cannot be continued."""
    return OtherSettingsError(
        f"{path} was made by other settings or by another version of xorbench or its libraries. "
        "Give another folder with --out, or remove that one."
    )


class Folder:
    """Where a sweep is stored.

    Parameters
    ----------
    path : Path
    settings : Settings

    Raises
    ------
    SettingsError
        If the folder cannot be written or holds other things.
    OtherSettingsError
    """

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path = path
        self.settings = settings
        self.grid = Grid(settings)
        self.chunks = chunks_of(settings.rows)
        usable_folder(path)
        if (path / MANIFEST).exists():
            self._refuse_other_settings()
        self.stored = self._find_stored()

    def _refuse_other_settings(self) -> None:
        other = differences(read_manifest(self.path)["settings"], self.settings.as_dict())
        if other:
            raise OtherSettingsError(
                f"The folder {self.path} holds the results of other settings: "
                f"{', '.join(other)} differ{'s' if len(other) == 1 else ''}. "
                "Give another folder with --out."
            )

    def _provenance(self, rows: range) -> dict[str, str]:
        return {
            "fingerprint": self.settings.fingerprint,
            "kernel": kernel_hash(),
            "version": __version__,
            "rows": f"{rows.start}:{rows.stop}",
        }

    def _find_stored(self) -> set[range]:
        if is_csv_alone(self.path):
            if read_manifest(self.path).get("kernel") != kernel_hash():
                raise of_another_version(self.path / CSV)
            return set(self.chunks)
        stored = set()
        for rows in self.chunks:
            file = chunk_file(self.path, rows)
            if not file.exists():
                continue
            try:
                provenance = json.loads(pq.read_schema(file).metadata[b"xorbench"])
            except (pa.ArrowInvalid, KeyError, TypeError, ValueError):
                continue  # damaged: the chunk is trained again
            if provenance != self._provenance(rows):
                raise of_another_version(file)
            stored.add(rows)
        return stored

    @property
    def missing(self) -> int:
        """How many runs are not stored yet."""
        return self.settings.rows - sum(map(len, self.stored))

    def train(
        self,
        about: dict[str, Any],
        *,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> Report:
        """Train and store every chunk that is not stored yet.

        Parameters
        ----------
        about : dict
            What else the manifest says at its beginning: name, title, question, reference.
        threads, progress
            As in `runner.train_chunks`.
        """
        missing = [rows for rows in self.chunks if rows not in self.stored]
        manifest = {**about, **self._description()}
        try:
            if missing:
                self.path.mkdir(parents=True, exist_ok=True)
                write_json({**manifest, "complete": False}, self.path / MANIFEST)
                (self.path / RUNS).mkdir(exist_ok=True)
            report = train_chunks(
                self.grid, missing, self._store, threads=threads, progress=progress
            )
            if missing:
                write_json({**manifest, "complete": True, **describe(report)}, self.path / MANIFEST)
        except OSError as error:
            raise unusable(self.path, error) from None
        return report

    def _store(self, results: Results) -> None:
        self._write_chunk(results.rows, make_table(self.grid, results))
        self.stored.add(results.rows)

    def _write_chunk(self, rows: range, runs: pd.DataFrame) -> None:
        table = pa.Table.from_pandas(runs, preserve_index=False)
        provenance = json.dumps(self._provenance(rows))
        table = table.replace_schema_metadata(
            {**(table.schema.metadata or {}), b"xorbench": provenance.encode()}
        )
        with replacing(chunk_file(self.path, rows)) as temporary:
            pq.write_table(table, temporary, compression="zstd", write_page_checksum=True)

    def write_tables(self, formats: Sequence[str] = ("parquet",)) -> pd.DataFrame:
        """Write the summary of the complete sweep, and its table in the formats asked for.

        Parameters
        ----------
        formats : sequence of "parquet", "csv"
            Without "parquet", the files in runs/ are removed once the CSV is whole.

        Returns
        -------
        DataFrame
            The table.
        """
        table = read(self.path)
        summary = summarise_stored(table, read_manifest(self.path))
        runs = self.path / RUNS
        try:
            export(summary, self.path / SUMMARY)
            if "csv" in formats:
                export(table, self.path / CSV)
            if "parquet" not in formats:
                shutil.rmtree(runs, ignore_errors=True)
            elif not runs.exists():
                runs.mkdir()
                for rows in self.chunks:
                    self._write_chunk(rows, table[rows.start : rows.stop])
        except OSError as error:
            raise unusable(self.path, error) from None
        return table

    def _description(self) -> dict[str, Any]:
        return {
            "settings": self.settings.as_dict(),
            "rows": self.settings.rows,
            "fingerprint": self.settings.fingerprint,
            "kernel": kernel_hash(),
            "versions": versions(),
            "machine": machine(),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
        }


def describe(report: Report) -> dict[str, Any]:
    """Tell what a sweep took, for the manifest."""
    rate = report.network_epochs / report.train_seconds if report.train_seconds else 0.0
    return {
        "threads": report.threads,
        "runs_trained": report.runs,
        "network_epochs": report.network_epochs,
        "compile_seconds": round(report.compile_seconds, 3),
        "train_seconds": round(report.train_seconds, 3),
        "tail_seconds": round(report.tail_seconds, 3),
        "network_epochs_per_second": round(rate),
    }


def read_manifest(path: str | Path) -> dict[str, Any]:
    """Read what a stored sweep is.

    Raises
    ------
    SettingsError
        If there is no sweep in the folder.
    """
    try:
        content = json.loads((Path(path) / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        content = None
    sweep = {"settings": dict, "rows": int}
    if not isinstance(content, dict) or not all(
        isinstance(content.get(key), kind) for key, kind in sweep.items()
    ):
        raise SettingsError([f"{path} is not the folder of a sweep: it has no {MANIFEST} of one."])
    return content


def stored_columns(manifest: dict[str, Any]) -> Columns:
    """Tell the columns of a stored sweep."""
    settings = dict(manifest["settings"])
    if "initial_weights" in settings:
        # The weights themselves are not kept, nor needed to name the columns.
        settings["initial_weights"] = np.zeros((settings["initial_weights"]["rows"], 9))
    return Columns.of(make_settings(**settings))


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
    path = Path(folder)
    manifest = read_manifest(path)
    columns = stored_columns(manifest)
    if is_csv_alone(path):
        return read_csv(path / CSV, columns)
    files = [chunk_file(path, rows) for rows in chunks_of(manifest["rows"])]
    stored = sum(file.exists() for file in files)
    if stored < len(files):
        raise SettingsError(
            [
                f"{path} has {stored} of {len(files)} files of runs; "
                "give its sweep command again to make the others."
            ]
        )
    try:
        return read_parquet(files, columns)
    except (OSError, pa.ArrowInvalid):
        raise SettingsError(
            [
                f"{file} is damaged; remove it and give the sweep command again."
                for file in files
                if is_damaged(file)
            ]
        ) from None


def is_damaged(file: Path) -> bool:
    """Tell whether a parquet file cannot be read."""
    try:
        pq.read_table(file, page_checksum_verification=True)
    except (OSError, pa.ArrowInvalid):
        return True
    return False


def export(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV or, where the name ends so, as parquet."""
    with replacing(path) as temporary:
        if path.suffix == ".parquet":
            table.to_parquet(temporary, index=False, compression="zstd")
        else:
            write_csv(table, temporary)


def summarise_stored(table: pd.DataFrame, manifest: dict[str, Any]) -> pd.DataFrame:
    """Summarise the table of a stored sweep, a row for each point of its grid."""
    limit = manifest["settings"]["max_epochs"]
    return summarise(
        table, stored_columns(manifest).axes, limit if isinstance(limit, int) else None
    )
