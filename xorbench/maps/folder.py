"""The folder of a map: manifest.json, runs/*.parquet, summary.json, and pictures, map*.png.

The runs are stored in chunks, so that a map that is interrupted goes on, and one that is drawn
again in other colours is not trained again.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from xorbench import gates
from xorbench.chunk_files import DamagedError, decode, encode, provenance_of
from xorbench.chunks import Chunks, file_of
from xorbench.inspection import inspect, put_in_order, refuse_link
from xorbench.jit import kernel_hash
from xorbench.locking import locked
from xorbench.manifest import describe_computing, describe_training
from xorbench.maps.ending import Ending
from xorbench.maps.pixels import PixelGrid
from xorbench.maps.plan import Plan
from xorbench.places import MANIFEST, cut_off, json_text, unusable, usable_folder
from xorbench.problems import OtherSettingsError, SettingsError
from xorbench.runner import Report, train_chunks
from xorbench.settings import difference_lines
from xorbench.storage import LocalStorage
from xorbench.store import Shower, show_nothing, warn
from xorbench.table import OUTCOMES, Results

SUMMARY = "summary.json"
CHUNK = 2**15
"""Runs in a chunk: what is lost with a killed process, for each thread; some seconds' work."""


class MapFolder:
    """Where a map is stored.

    Parameters
    ----------
    path : Path
    plan : Plan
    tell : callable
        Called with a sentence for everything that was found and should not have been there.

    Raises
    ------
    SettingsError
        If the folder cannot be written or holds other things.
    OtherSettingsError
        If it holds another map.
    """

    def __init__(self, path: Path, plan: Plan, *, tell: Callable[[str], None] = warn) -> None:
        usable_folder(path)
        self.path = path
        self.plan = plan
        self.tell = tell
        self.grid = PixelGrid(plan)
        self.chunks = Chunks(plan.runs, CHUNK)
        self.storage = LocalStorage(path)
        self._provenance = partial(provenance_of, fingerprint=plan.fingerprint, weights=False)
        self.stored = np.zeros(self.chunks.total, np.bool_)
        self._read_manifest()

    @property
    def missing(self) -> Chunks:
        """The chunks that are not known to be stored."""
        return self.chunks.only(np.flatnonzero(~self.stored))

    def train(
        self,
        about: Mapping[str, Any],
        *,
        threads: int | None = None,
        progress: Shower = show_nothing,
    ) -> Report:
        """Train and store every chunk that is not stored yet.

        Parameters
        ----------
        about : mapping
            What else the manifest says at its beginning: title, question, reference.
        threads : int, optional
        progress : callable
            Given the number of missing runs, a context manager of a `runner.Progress` or None.

        Raises
        ------
        SettingsError
            If another process is at it, or the folder cannot be used.
        OtherSettingsError
            If it holds another map, or one of another version of the kernel.
        PartialError
            If not everything could be stored.
        """
        begun = self.storage.exists(MANIFEST)
        try:
            with locked(self.path, advice="give another folder"):
                refuse_link(self.storage)
                self.storage.clear()
                # Another process may have begun before this one held the lock.
                manifest = self._read_manifest()
                self._examine(manifest)
                missing = self.missing
                unfinished = len(missing) > 0 or manifest.get("complete") is not True
                if unfinished:
                    self._write_manifest(about, {"complete": False})
                begun = True
                with progress(missing.runs) as show:
                    report = train_chunks(
                        self.grid, missing, self._store, threads=threads, progress=show
                    )
                if unfinished:
                    training = describe_training(report) if report.runs else {}
                    self._write_manifest(about, {"complete": True, **training})
        except OSError as error:
            if not begun:
                raise unusable(self.path, error) from None
            raise cut_off(self.path, error, self.how_far()) from None
        return report

    def how_far(self) -> str:
        """Say how much is stored."""
        stored = self.plan.runs - self.missing.runs
        return f"{stored:,} of {self.plan.runs:,} runs are stored in {self.path}"

    def endings(self) -> Ending:
        """Read how every run ended."""
        outcomes, h1, h2 = (np.empty(self.plan.runs, np.uint8) for _ in range(3))
        epochs = np.empty(self.plan.runs, np.int64)
        categories = {"outcome": OUTCOMES, "h1_gate": gates.NAMES, "h2_gate": gates.NAMES}
        for rows in self.chunks:
            place = slice(rows.start, rows.stop)
            try:
                table = decode(self.storage.read(file_of(rows)))
            except (OSError, DamagedError) as error:
                raise SettingsError(
                    [
                        f"{self.storage.place(file_of(rows))} cannot be read ({error}); remove it"
                        " and give the command again."
                    ]
                ) from None
            epochs[place] = table["epochs"].to_numpy()
            for (name, known), codes in zip(categories.items(), (outcomes, h1, h2), strict=True):
                texts = table[name].to_pandas().cat.set_categories(known)
                codes[place] = texts.cat.codes.to_numpy()
        shape = (self.plan.height, self.plan.width)
        return Ending(
            outcomes.reshape(shape), epochs.reshape(shape), h1.reshape(shape), h2.reshape(shape)
        )

    def write_summary(self, summary: Mapping[str, Any]) -> None:
        """Write what the map shows, in numbers."""
        self.storage.write(SUMMARY, json_text(dict(summary)).encode())

    def _store(self, results: Results) -> None:
        rows = results.rows
        content = encode(self.grid.table(results), self._provenance(rows))
        self.storage.write(file_of(rows), content)
        self.stored[rows.start // CHUNK] = True

    def _examine(self, manifest: Mapping[str, Any]) -> None:
        """Find what is stored; tell what else is there, and move it away."""
        found = inspect(self.storage, self.chunks, self._provenance)
        if found.of_other_kernel and manifest.get("kernel") != kernel_hash():
            raise OtherSettingsError(
                f"{self.path} was made by another version of xorbench or its libraries. Give"
                " another folder with --out, or remove that one."
            )
        self.stored = found.stored
        put_in_order(self.storage, self.chunks, found, "map", self.tell)

    def _read_manifest(self) -> dict[str, Any]:
        """Read the manifest, if there is one; refuse that of anything but this map."""
        if not self.storage.exists(MANIFEST):
            return {}
        try:
            manifest: dict[str, Any] = json.loads(self.storage.read(MANIFEST))
            other = difference_lines(manifest["map"], self.plan.as_dict())
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            raise SettingsError(
                [f"out: the folder {self.path} holds no map; give a new or an empty folder."]
            ) from None
        if other:
            raise OtherSettingsError(
                "\n".join(
                    [
                        f"The folder {self.path} holds another map:",
                        *other,
                        "Give another folder with --out, or remove that one.",
                    ]
                )
            )
        return manifest

    def _write_manifest(self, about: Mapping[str, Any], state: Mapping[str, Any]) -> None:
        content = {
            "name": self.path.absolute().name,
            **about,
            "map": self.plan.as_dict(),
            "rows": self.plan.runs,
            "fingerprint": self.plan.fingerprint,
            **describe_computing(),
            **state,
        }
        self.storage.write(MANIFEST, json_text(content).encode())
