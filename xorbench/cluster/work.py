"""What a worker does: check that it computes the same, train a chunk, write its file."""

import json
import socket
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from xorbench import __version__
from xorbench.chunk_files import encode, provenance_of
from xorbench.chunks import file_of
from xorbench.encoding import Grid
from xorbench.jit import kernel_hash
from xorbench.locations import storage_at
from xorbench.manifest import stored_chunks, stored_settings
from xorbench.runner import train_chunks
from xorbench.table import Results, make_table


@dataclass(frozen=True)
class Task:
    """What a worker has to know of a sweep, in values that any version understands.

    Attributes
    ----------
    location : str
        Of the sweep, as the workers see it.
    manifest : dict
        What the sweep is.
    version, kernel : str
        What the worker has to have, too.
    """

    location: str
    manifest: dict[str, Any]
    version: str
    kernel: str


@dataclass(frozen=True)
class Done:
    """What a worker says of a chunk whose file is written: its number, and what it took."""

    number: int
    runs: int
    network_epochs: int
    compile_seconds: float


@dataclass(frozen=True)
class Refusal:
    """A worker that would compute something else."""

    sentence: str


@lru_cache(maxsize=1)
def grid_of(location: str, manifest: str) -> Grid:
    """Read the settings of a sweep, once for all its chunks."""
    return Grid(stored_settings(storage_at(location), json.loads(manifest)))


def identity() -> tuple[str, str]:
    """Tell the version and the kernel of this process."""
    return __version__, kernel_hash()


def compute(task: Task, number: int) -> Done | Refusal:
    """Train a chunk in a worker, on one thread, and write its file."""
    version, kernel = identity()
    if (version, kernel) != (task.version, task.kernel):
        return Refusal(other_version(f"a worker on {socket.gethostname()}", version, kernel, task))
    grid = grid_of(task.location, json.dumps(task.manifest))
    rows = stored_chunks(task.manifest)[number]
    finished: list[Results] = []
    report = train_chunks(grid, [rows], finished.append, threads=1)
    settings = grid.settings
    provenance = provenance_of(rows, fingerprint=settings.fingerprint, weights=settings.weights)
    content = encode(make_table(grid, finished[0]), provenance)
    storage_at(task.location).write(file_of(rows), content)
    return Done(number, report.runs, report.network_epochs, report.compile_seconds)


def other_version(worker: str, version: str, kernel: str, task: Task) -> str:
    """Say that a worker would compute something else."""
    return (
        f"{worker} has xorbench {version} with kernel {kernel[:8]}, and here it is {task.version}"
        f" with {task.kernel[:8]}: the same versions of xorbench, Python, numpy and numba are"
        " needed for the same bits; install them there."
    )
