"""The manifest of a stored sweep: what was asked for, by what it is computed, and how far it is."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xorbench.chunks import LARGEST_OF_ALL, SMALLEST, Chunks
from xorbench.jit import kernel_hash
from xorbench.locations import Location, storage_at
from xorbench.machine import machine, versions
from xorbench.places import MANIFEST, json_text, reason
from xorbench.problems import SettingsError, refuse
from xorbench.runner import Report
from xorbench.settings import MOST_ROWS, Settings, differences, make_settings
from xorbench.storage import Storage
from xorbench.table import Columns

INITIAL_WEIGHTS = "initial_weights.npy"


def read_manifest(location: Location) -> dict[str, Any]:
    """Read what a stored sweep is.

    Raises
    ------
    SettingsError
        If there is no sweep in the folder, or it cannot be read.
    """
    storage = storage_at(location)
    try:
        content = json.loads(storage.read(MANIFEST))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError, RecursionError):
        content = None
    except OSError as error:
        raise SettingsError([f"{location} cannot be read ({reason(error)})."]) from None
    if isinstance(content, dict) and isinstance(content.get("map"), dict):
        raise SettingsError(
            [f"{location} is the folder of a map, and not of a sweep; give another folder."]
        )
    if not is_of_a_sweep(content):
        raise SettingsError(
            [f"{location} is not the folder of a sweep: it has no {MANIFEST} of one."]
        )
    return dict(content)


def is_of_a_sweep(content: object) -> bool:
    """Tell whether what was read can be the manifest of a sweep."""
    if not isinstance(content, dict) or not isinstance(content.get("settings"), dict):
        return False
    counts = {"rows": MOST_ROWS, "chunk_rows": LARGEST_OF_ALL}
    given = {"chunk_rows": SMALLEST} | content
    return all(
        type(given.get(name)) is int and 1 <= given[name] <= most for name, most in counts.items()
    )


def write_manifest(storage: Storage, content: dict[str, Any]) -> None:
    """Write a manifest that people can read."""
    storage.write(MANIFEST, json_text(content).encode())


def describe(settings: Settings, chunks: Chunks) -> dict[str, Any]:
    """Say what a sweep is, and by what it is computed here and now."""
    return {
        "settings": settings.as_dict(),
        "rows": settings.rows,
        "chunk_rows": chunks.size,
        "fingerprint": settings.fingerprint,
        **describe_computing(),
    }


def describe_computing() -> dict[str, Any]:
    """Say what computes here and now."""
    return {
        "kernel": kernel_hash(),
        "versions": versions(),
        "machine": machine(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def describe_training(report: Report) -> dict[str, Any]:
    """Say what training took."""
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


def stored_chunks(manifest: dict[str, Any]) -> Chunks:
    """Tell the chunks of a stored sweep."""
    # The first manifests did not tell; their chunks were of this size unless there were many.
    return Chunks(manifest["rows"], manifest.get("chunk_rows", SMALLEST))


def stored_columns(manifest: dict[str, Any]) -> Columns:
    """Tell the columns of a stored sweep."""
    # Given weights are no column, and may not be there.
    given = {key: value for key, value in manifest["settings"].items() if key != "initial_weights"}
    return Columns.of(make_settings(**given))


def stored_settings(storage: Storage, manifest: dict[str, Any]) -> Settings:
    """Make the settings of a stored sweep again, with the starting weights that were given.

    Raises
    ------
    SettingsError
        If the manifest or the weights are not as they were written.
    """
    given = dict(manifest["settings"])
    if "initial_weights" in given:
        given["initial_weights"] = read_weights(storage)
    settings = make_settings(**given)
    other = differences(manifest["settings"], settings.as_dict())
    if settings.rows != manifest["rows"]:
        other.append("rows")
    refuse(
        [
            f"{storage.place(MANIFEST)}: {name} is not what was written; give the command of the"
            " sweep again."
            for name in other
        ]
    )
    return settings


def write_weights(storage: Storage, weights: NDArray[np.float64]) -> None:
    """Keep the starting weights that were given, so that the folder says all."""
    content = io.BytesIO()
    np.lib.format.write_array(content, weights, allow_pickle=False)
    storage.write(INITIAL_WEIGHTS, content.getvalue())


def read_weights(storage: Storage) -> NDArray[np.generic]:
    """Read the starting weights that were given."""
    try:
        content = io.BytesIO(storage.read(INITIAL_WEIGHTS))
        weights: NDArray[np.generic] = np.lib.format.read_array(content, allow_pickle=False)
    except FileNotFoundError:
        problem = "is missing"
    except Exception:  # NumPy answers damaged files with errors of many kinds
        problem = "cannot be read"
    else:
        return weights
    raise SettingsError(
        [
            f"{storage.place(INITIAL_WEIGHTS)} {problem}; give the command of the sweep again,"
            " with --initial-weights."
        ]
    )
