"""The folder of a map: manifest.json, runs/*.parquet, summary.json, and pictures, map*.png.

The runs are stored a band at a time, so that a map that is interrupted goes on, and one that is
drawn again in other colours is not trained again.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from xorbench import __version__, gates
from xorbench.chunk_files import DamagedError, Provenance, decode, encode, examine
from xorbench.chunks import file_of
from xorbench.jit import kernel_hash
from xorbench.locking import locked
from xorbench.machine import machine, versions
from xorbench.maps.ending import Ending
from xorbench.maps.pixels import Band, bands_of
from xorbench.maps.plan import Plan
from xorbench.places import MANIFEST, json_text, reason, unusable, usable_folder
from xorbench.problems import OtherSettingsError, PartialError, SettingsError
from xorbench.runner import Progress, Report, train_chunks
from xorbench.settings import differences
from xorbench.storage import Storage
from xorbench.table import OUTCOMES, Results

SUMMARY = "summary.json"


def picture_name(colours: str) -> str:
    """Name the file of the picture in these colours."""
    return "map.png" if colours == "epochs" else f"map-{colours}.png"


class Bar(Protocol):
    """Shows the progress of so many runs."""

    def __call__(self, runs: int) -> AbstractContextManager[Progress | None]:
        """Open it."""


class MapFolder:
    """Where a map is stored.

    Parameters
    ----------
    path : Path
    plan : Plan

    Raises
    ------
    SettingsError
        If the folder cannot be written or holds other things.
    OtherSettingsError
        If it holds another map, or one of another version.
    """

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self.plan = plan
        self.bands = bands_of(plan)
        self.storage = Storage(usable_folder(path))
        if self.storage.exists(MANIFEST):
            self._refuse_others()
        self.missing = [lines for lines in self.bands if not self._is_stored(lines)]

    @property
    def missing_runs(self) -> int:
        """How many runs are not stored yet."""
        return sum(map(len, self.missing)) * self.plan.width

    def train(
        self, about: Mapping[str, Any], *, threads: int | None = None, bar: Bar
    ) -> list[Report]:
        """Train and store every band that is not stored yet; report on each.

        Parameters
        ----------
        about : mapping
            What the manifest begins with: title, question, reference.
        threads : int, optional
        bar : callable
            Opens the progress bar.

        Raises
        ------
        PartialError
            If a band cannot be stored.
        KeyboardInterrupt
            What is stored stays.
        """
        reports: list[Report] = []
        try:
            with locked(self.path), bar(self.missing_runs) as show:
                self.storage.clear()
                if self.missing or not self.storage.exists(MANIFEST):
                    self._write_manifest(about, reports)
                for lines in tuple(self.missing):
                    reports.append(self._train(lines, threads, reports, show))
                if reports:
                    self._write_manifest(about, reports)
        except OSError as error:
            if not reports:
                raise unusable(self.path, error) from None
            raise PartialError(
                f"{self.path} cannot be written ({reason(error)});"
                f" {self.plan.runs - self.missing_runs:,} of {self.plan.runs:,} runs are stored."
            ) from None
        return reports

    def endings(self) -> Ending:
        """Read how every run ended."""
        shape = (self.plan.height, self.plan.width)
        ending = Ending(
            np.empty(shape, np.uint8),
            np.empty(shape, np.int64),
            np.empty(shape, np.uint8),
            np.empty(shape, np.uint8),
        )
        known = {"outcomes": OUTCOMES, "h1_gates": gates.NAMES, "h2_gates": gates.NAMES}
        columns = {"outcomes": "outcome", "h1_gates": "h1_gate", "h2_gates": "h2_gate"}
        for lines in self.bands:
            try:
                table = decode(self.storage.read(self._file(lines)))
            except (OSError, DamagedError) as error:
                place = self.storage.place(self._file(lines))
                raise SettingsError(
                    [f"{place} cannot be read ({error}); remove it and give the command again."]
                ) from None
            part = slice(lines.start, lines.stop)
            of_band = (len(lines), self.plan.width)
            ending.epochs[part] = table["epochs"].to_numpy().reshape(of_band)
            for name, column in columns.items():
                texts = table[column].to_pandas().cat.set_categories(known[name])
                getattr(ending, name)[part] = texts.cat.codes.to_numpy().reshape(of_band)
        return ending

    def write_summary(self, summary: Mapping[str, Any]) -> None:
        """Write what the map shows, in numbers."""
        self.storage.write(SUMMARY, json_text(dict(summary)).encode())

    def _train(
        self, lines: range, threads: int | None, before: list[Report], show: Progress | None
    ) -> Report:
        band = Band(self.plan, lines)
        collected: list[Results] = []
        runs = sum(report.runs for report in before)
        network_epochs = sum(report.network_epochs for report in before)

        def progress(finished: int, epochs: int) -> None:
            if show:
                show(runs + finished, network_epochs + epochs)

        rows = range(band.settings.rows)
        report = train_chunks(band, [rows], collected.append, threads=threads, progress=progress)
        content = encode(band.table(collected[0]), self._provenance(lines))
        self.storage.write(self._file(lines), content)
        self.missing.remove(lines)
        return report

    def _file(self, lines: range) -> str:
        width = self.plan.width
        return file_of(range(lines.start * width, lines.stop * width))

    def _provenance(self, lines: range) -> Provenance:
        width = self.plan.width
        return Provenance(
            fingerprint=self.plan.fingerprint,
            kernel=kernel_hash(),
            version=__version__,
            rows=f"{lines.start * width}:{lines.stop * width}",
            weights=False,
        )

    def _is_stored(self, lines: range) -> bool:
        if not self.storage.is_file(self._file(lines)):
            return False
        try:
            found = examine(self.storage.read(self._file(lines)))
        except DamagedError:
            return False  # trained again
        if found != asdict(self._provenance(lines)):
            raise OtherSettingsError(
                f"{self.storage.place(self._file(lines))} was made by another version of xorbench"
                " or its libraries. Give another folder with --out, or remove that one."
            )
        return True

    def _refuse_others(self) -> None:
        try:
            stored = json.loads(self.storage.read(MANIFEST))["map"]
            other = differences(stored, self.plan.as_dict())
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            raise SettingsError(
                [f"out: the folder {self.path} holds no map; give a new or an empty folder."]
            ) from None
        if other:
            raise OtherSettingsError(
                f"The folder {self.path} holds another map: {', '.join(other)}"
                f" differ{'s' if len(other) == 1 else ''}. Give another folder with --out, or"
                " remove that one."
            )

    def _write_manifest(self, about: Mapping[str, Any], reports: list[Report]) -> None:
        epochs = sum(report.network_epochs for report in reports)
        seconds = sum(report.train_seconds for report in reports)
        content = {
            "name": self.path.absolute().name,
            **about,
            "map": self.plan.as_dict(),
            "rows": self.plan.runs,
            "fingerprint": self.plan.fingerprint,
            "kernel": kernel_hash(),
            "versions": versions(),
            "machine": machine(),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "complete": not self.missing,
            "runs_trained": sum(report.runs for report in reports),
            "network_epochs": epochs,
            "train_seconds": round(seconds, 3),
        }
        self.storage.write(MANIFEST, json_text(content).encode())
