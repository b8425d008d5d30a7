"""What a worker does: check that it computes the same, train a chunk, write its file."""

import json
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from xorbench import __version__
from xorbench.chunk_files import Provenance, encode
from xorbench.chunks import Chunks, file_of
from xorbench.encoding import Grid
from xorbench.jit import kernel_hash
from xorbench.manifest import stored_settings
from xorbench.runner import train_chunks
from xorbench.storage import Storage
from xorbench.table import Results, make_table


@dataclass(frozen=True)
class Task:
    """What a worker has to know of a sweep, in values that any version understands.

    Attributes
    ----------
    location : str
        Of the sweep, as the workers see it.
    manifest : dict
        Its settings and rows.
    size : int
        Rows in a chunk.
    version, kernel, fingerprint : str
        What the worker has to have, too.
    weights : bool
    """

    location: str
    manifest: dict[str, Any]
    size: int
    version: str
    kernel: str
    fingerprint: str
    weights: bool


@dataclass(frozen=True)
class Done:
    """What a worker says of a chunk: its file's name, and what it took."""

    number: int
    name: str
    runs: int
    network_epochs: int
    compile_seconds: float


@dataclass(frozen=True)
class Refusal:
    """A worker that would compute something else."""

    sentence: str


@lru_cache(maxsize=1)
def grid_of(location: str, fingerprint: str, settings: str) -> Grid:
    """Read the settings of a sweep, once for all its chunks."""
    return Grid(stored_settings(Storage(Path(location)), json.loads(settings)))


def identity() -> tuple[str, str]:
    """Tell the version and the kernel of this process."""
    return __version__, kernel_hash()


def compute(task: Task, number: int) -> Done | Refusal:
    """Train a chunk in a worker, on one thread, and write its file."""
    version, kernel = identity()
    if (version, kernel) != (task.version, task.kernel):
        return Refusal(other_version(f"a worker on {socket.gethostname()}", version, kernel, task))
    grid = grid_of(task.location, task.fingerprint, json.dumps(task.manifest, sort_keys=True))
    rows = Chunks(grid.settings.rows, task.size)[number]
    finished: list[Results] = []
    report = train_chunks(grid, [rows], finished.append, threads=1)
    provenance = Provenance(
        task.fingerprint, kernel, version, f"{rows.start}:{rows.stop}", task.weights
    )
    content = encode(make_table(grid, finished[0]), provenance)
    Storage(Path(task.location)).write(file_of(rows), content)
    return Done(number, file_of(rows), report.runs, report.network_epochs, report.compile_seconds)


def other_version(worker: str, version: str, kernel: str, task: Task) -> str:
    """Say that a worker would compute something else."""
    return (
        f"{worker} has xorbench {version} with kernel {kernel[:8]}, and here it is {task.version}"
        f" with {task.kernel[:8]}: the same versions of xorbench, Python, numpy and numba are"
        " needed for the same bits; install them there."
    )
