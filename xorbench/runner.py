"""Train the rows of a grid on a pool of threads."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from xorbench.block import Block, Finished, nothing
from xorbench.encoding import Grid, Variant
from xorbench.kernel.layout import LANES
from xorbench.seeding import starting_weights
from xorbench.table import Results
from xorbench.threads import read_threads

# About a tenth of a second: so soon is Ctrl-C heard, and so often is the progress told.
BUDGET = 250_000
PATIENCE = 0.1  # seconds
LARGEST_PORTION = 4096

Progress = Callable[[int, int], None]
"""Called with the number of finished runs and of network-epochs so far."""


@dataclass(frozen=True)
class Report:
    """What a sweep took.

    Attributes
    ----------
    runs, network_epochs, threads : int
    compile_seconds, train_seconds : float
        Compiling, or loading from the cache, is over before training begins.
    tail_seconds : float
        How long at the end of it some threads had nothing left to do.
    """

    runs: int
    network_epochs: int
    threads: int
    compile_seconds: float
    train_seconds: float
    tail_seconds: float


class Work:
    """Hands out rows to threads and collects what became of them.

    Parameters
    ----------
    grid : Grid
    chunks : sequence of ranges
        The rows to train.
    threads : int
    on_chunk : callable
        Called, in any thread, with the results of each chunk once it is complete.
    """

    def __init__(
        self,
        grid: Grid,
        chunks: Sequence[range],
        threads: int,
        on_chunk: Callable[[Results], None],
    ) -> None:
        self.grid = grid
        self.chunks = chunks
        self.threads = threads
        self.on_chunk = on_chunk
        self.left = sum(map(len, chunks))
        self.finished = 0
        self.ends: list[float] = []  # when each thread had nothing left to do
        self.stopped = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[int, Results] = {}
        self._chunk = 0
        self._row = chunks[0].start if chunks else 0

    def take(self) -> range | None:
        """Take the next rows; fewer as the end comes near, so that no thread is left with many."""
        with self._lock:
            if self._chunk == len(self.chunks):
                return None
            chunk = self.chunks[self._chunk]
            if self._row == chunk.start:
                self._open[chunk.start] = Results(chunk, self.grid.settings.weights)
            size = min(max(self.left // (4 * self.threads), LANES), LARGEST_PORTION)
            rows = range(self._row, min(self._row + size, chunk.stop))
            self.left -= len(rows)
            self._row = rows.stop
            if self._row == chunk.stop:
                self._chunk += 1
                if self._chunk < len(self.chunks):
                    self._row = self.chunks[self._chunk].start
            return rows

    def collect(self, finished: Finished) -> None:
        """Put finished runs into their chunks and pass on the chunks that are complete."""
        if not finished.rows.size:
            return
        complete = []
        with self._lock:
            starts = list(self._open)  # in ascending order, as they were opened
            owners = np.searchsorted(starts, finished.rows, side="right") - 1
            for owner in np.unique(owners).tolist():
                results = self._open[starts[owner]]
                results.fill(finished, owners == owner)
                if not results.missing:
                    complete.append(self._open.pop(starts[owner]))
            self.finished += finished.rows.size
        for results in complete:
            self.on_chunk(results)

    def train(self, block: Block) -> None:
        """Train rows until there are none left; the work of one thread."""
        variant: Variant | None = None
        while (rows := self.take()) is not None:
            for queue in self.grid.queues(rows):
                if variant not in (None, queue.variant):
                    self.drain(block, variant)
                variant = queue.variant
                loaded = 0
                while loaded < queue.rows.size and not self.stopped.is_set():
                    loaded, finished = block.advance(queue, loaded, BUDGET, drain=False)
                    self.collect(finished)
            if self.stopped.is_set():
                return
        self.drain(block, variant)
        self.ends.append(time.perf_counter())

    def drain(self, block: Block, variant: Variant | None) -> None:
        """Train the networks that are left in a block to their ends."""
        while variant is not None and block.running and not self.stopped.is_set():
            _, finished = block.advance(nothing(variant), 0, BUDGET, drain=True)
            self.collect(finished)


def compile_kernels(grid: Grid) -> float:
    """Compile, or load from the cache, the kernels that a grid needs; return the seconds.

    A compiler that Ctrl-C interrupts may crash, or swallow it; so it works in a thread of its own,
    which on Ctrl-C is left alone until it has finished with the kernel at hand.
    """
    start = time.perf_counter()
    stopped = threading.Event()

    def compile_all() -> None:
        for variant in grid.variants():
            if not stopped.is_set():
                Block().advance(nothing(variant), 0, 0, drain=False)
        for init in grid.settings.init:
            starting_weights([], init)

    pool = ThreadPoolExecutor(1, thread_name_prefix="compiler")
    try:
        future = pool.submit(compile_all)
        while wait([future], PATIENCE).not_done:
            pass
        future.result()
    finally:
        stopped.set()
        pool.shutdown(wait=False)
    return time.perf_counter() - start


def train_chunks(
    grid: Grid,
    chunks: Sequence[range],
    on_chunk: Callable[[Results], None],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Report:
    """Train rows of a grid.

    Parameters
    ----------
    grid : Grid
    chunks : sequence of ranges
        The rows, in ascending order.
    on_chunk : callable
        Called with the results of each chunk, in any order and in any thread.
    threads : int, optional
        As many as there are usable processors by default.
    progress : callable, optional

    Returns
    -------
    Report

    Raises
    ------
    SettingsError
        If the number of threads is not allowed.
    KeyboardInterrupt
        After the threads have stopped; chunks that are not complete are lost.
    """
    threads = read_threads(threads)
    compile_seconds = compile_kernels(grid) if chunks else 0.0
    work = Work(grid, chunks, threads, on_chunk)
    blocks = [Block() for _ in range(threads)]

    def network_epochs() -> int:
        return sum(block.network_epochs for block in blocks)

    start = time.perf_counter()
    with ThreadPoolExecutor(threads, thread_name_prefix="xorbench") as pool:
        try:
            futures = [pool.submit(work.train, block) for block in blocks]
            while wait(futures, PATIENCE, FIRST_EXCEPTION).not_done:
                if progress:
                    progress(work.finished, network_epochs())
                if any(future.done() and future.exception() for future in futures):
                    break
            work.stopped.set()
            for future in futures:
                future.result()
        finally:
            work.stopped.set()
    if progress:
        progress(work.finished, network_epochs())
    seconds = time.perf_counter() - start
    tail = max(work.ends) - min(work.ends)
    return Report(work.finished, network_epochs(), threads, compile_seconds, seconds, tail)
