"""What a sweep will take, told from some training on its own settings.

Some rows of every part of the grid are trained, in cohorts that start together and are cut short
when they have had their time. What would become of a run that is still in training then, the others
tell that were followed for longer: not in epochs but in epochs times learning rate, the time of the
gradient flow that descent follows. Where none was, the run goes on to its limit. How fast training
is, is measured on all threads at once.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from xorbench import plaintext
from xorbench.block import Block, Finished
from xorbench.chunk_files import encode, provenance_of
from xorbench.chunks import Chunks, chunk_rows
from xorbench.encoding import Grid, Queue, Variant
from xorbench.kernel.layout import LANES
from xorbench.kernel.optimizers import RPROP
from xorbench.outcome import Outcome
from xorbench.runner import compile_kernels
from xorbench.settings import Settings
from xorbench.table import OUTCOMES, Results, make_table

Array = npt.NDArray[np.float64]

MOST_POINTS = 256
SAMPLE = 2048
"""At least so many rows are drawn, and at most so many points."""

SECONDS = 1.0
MOST_SECONDS = 4.0
"""For the lengths of the runs of a variant, and of all of them; for the pace, half as much more."""

COHORTS = 8
"""At least so many cohorts each thread trains, if there are so many runs."""

SLICE = 20_000
"""Epochs of a block between two looks at the clock."""


@dataclass(frozen=True)
class Estimate:
    """What a sweep will take.

    Attributes
    ----------
    rows, chunks, threads : int
    bytes : float
        Of its files in runs/.
    network_epochs : float
    seconds, compile_seconds : float
        Of training; and of compiling, or loading, the kernels just now.
    limited : float
        Which share of the epochs is not seen, but supposed: of runs that were still in training.
    """

    rows: int
    chunks: int
    threads: int
    bytes: float
    network_epochs: float
    seconds: float
    compile_seconds: float
    limited: float


@dataclass(frozen=True)
class Followed:
    """Runs that were trained until they ended, or were cut short.

    Attributes
    ----------
    finished : list of Finished
    epochs : array (n,)
        For how long each was trained.
    ended : bool array (n,)
        Did it end of itself, and was neither cut short nor at its limit?
    limits : array (n,)
        The most epochs that it may take.
    rates : array (n,)
        Its learning rate; 1 where epochs do not depend on that.
    """

    finished: list[Finished]
    epochs: Array
    ended: npt.NDArray[np.bool_]
    limits: Array
    rates: Array

    @property
    def supposed(self) -> float:
        """The epochs that are supposed to follow: of runs that were cut short."""
        clocks, counts = np.unique(self.epochs * self.rates, return_inverse=True)
        ends = np.bincount(counts, self.ended)
        followed = np.cumsum(np.bincount(counts)[::-1])[::-1]
        # Kaplan and Meier (1958): the share that is still in training after each time.
        left = np.cumprod(1 - ends / followed)
        until = np.append(0.0, np.cumsum(left[:-1] * np.diff(clocks)))
        cut = ~self.ended & (self.epochs < self.limits)
        place = counts[cut]
        limit = self.limits[cut] * self.rates[cut]
        last = np.maximum(np.searchsorted(clocks, limit, side="right") - 1, place)
        area = until[last] + left[last] * (limit - clocks[last]) - until[place]
        return float(np.sum(area / left[place] / self.rates[cut]))


def estimate(settings: Settings, threads: int, seed: int = 0) -> Estimate:
    """Tell what a sweep will take, without writing anything but compiled kernels.

    Parameters
    ----------
    settings : Settings
    threads : int
    seed : int
        Of the random choice of rows.

    Returns
    -------
    Estimate
    """
    grid = Grid(settings)
    compile_seconds = compile_kernels(grid)
    random = np.random.default_rng(seed)
    queues = sample(grid, random)
    drawn = sum(queue.rows.size for queue in queues)
    allowed = min(SECONDS, MOST_SECONDS / len(queues))
    seconds = seen = supposed = 0.0
    finished: list[Finished] = []
    for queue in queues:
        rows = settings.rows * queue.rows.size / drawn
        followed = follow(queue, threads, allowed)
        pace = seconds_an_epoch(queue, threads, allowed / 2)
        of_sample = rows / followed.epochs.size
        seconds += pace * of_sample * (followed.epochs.sum() + followed.supposed)
        seen += of_sample * followed.epochs.sum()
        supposed += of_sample * followed.supposed
        finished += followed.finished
    return Estimate(
        rows=settings.rows,
        chunks=Chunks(settings.rows, chunk_rows(settings)).total,
        threads=threads,
        bytes=settings.rows * bytes_a_run(grid, finished),
        network_epochs=seen + supposed,
        seconds=seconds,
        compile_seconds=compile_seconds,
        limited=supposed / (seen + supposed) if supposed else 0.0,
    )


def sample(grid: Grid, random: np.random.Generator) -> list[Queue]:
    """Draw rows from every part of the grid, a queue for each variant of the kernel.

    The points are drawn one from each of equal parts of the grid, and the seeds of each are
    consecutive from a random one.
    """
    settings = grid.settings
    count = min(settings.point_count, MOST_POINTS)
    seeds = min(settings.seed_count, -(-SAMPLE // count))
    parts: dict[Variant, list[Queue]] = {}
    for part in range(count):
        # Python's integers: the grid may have more points than floats can tell apart.
        first, last = (settings.point_count * k // count for k in (part, part + 1))
        point = int(random.integers(first, last))
        place = int(random.integers(settings.seed_count - seeds + 1))
        start = point * settings.seed_count + place
        for queue in grid.queues(range(start, start + seeds)):
            parts.setdefault(queue.variant, []).append(queue)
    return [shuffled(joined(queues), random) for queues in parts.values()]


def joined(queues: Sequence[Queue]) -> Queue:
    """Join queues of one variant."""
    arrays = [queue.arrays() for queue in queues]
    whole: dict[str, Any] = {
        name: np.concatenate([part[name] for part in arrays]) for name in arrays[0]
    }
    return replace(queues[0], **whole)


def shuffled(queue: Queue, random: np.random.Generator) -> Queue:
    """Bring the runs of a queue into random order, so that its beginning stands for all."""
    return queue.part(random.permutation(queue.rows.size))


def follow(queue: Queue, threads: int, seconds: float) -> Followed:
    """Train runs of a queue for so much time.

    Each cohort may train for an eighth of it: many runs that are cut short tell more than a few
    that are not, and whichever cohorts are seen, short runs do not count more than long ones.
    """
    end = time.perf_counter() + seconds
    cohorts = [
        queue.part(slice(start, start + LANES)) for start in range(0, queue.rows.size, LANES)
    ]

    def train(thread: int) -> list[Followed]:
        followed: list[Followed] = []
        for cohort in cohorts[thread::threads]:
            followed.append(train_cohort(cohort, time.perf_counter() + seconds / COHORTS))
            if time.perf_counter() > end:
                break
        return followed

    with ThreadPoolExecutor(threads) as pool:
        parts = [part for parts in pool.map(train, range(threads)) for part in parts]
    return Followed(
        [some for part in parts for some in part.finished],
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("epochs", "ended", "limits", "rates")
        ),
    )


def train_cohort(cohort: Queue, end: float) -> Followed:
    """Train runs side by side, at the longest until a point in time."""
    block = Block()
    loaded = 0
    finished: list[Finished] = []
    while loaded < cohort.rows.size or block.running:
        loaded, some = block.advance(cohort, loaded, SLICE, drain=True)
        finished.append(some)
        if time.perf_counter() > end:
            break
    rows, outcomes, trained = (
        np.concatenate([getattr(some, name) for some in finished])
        for name in ("rows", "outcomes", "epochs")
    )
    place = {int(row): k for k, row in enumerate(cohort.rows)}
    places = [place[int(row)] for row in rows]
    left = cohort.rows.size - rows.size
    # All that are left have had as many epochs: they began together.
    longest = (block.network_epochs - int(trained.sum())) / max(left, 1)
    epochs = np.full(cohort.rows.size, longest)
    epochs[places] = trained
    ended = np.zeros(cohort.rows.size, np.bool_)
    ended[places] = outcomes != OUTCOMES.index(Outcome.MAX_EPOCHS)
    by_rate = cohort.variant.optimizer != RPROP and (cohort.parameters[:, 0] > 0).all()
    rates = cohort.parameters[:, 0] if by_rate else np.ones(cohort.rows.size)
    return Followed(finished, epochs, ended, cohort.limits.astype(np.float64), rates)


def seconds_an_epoch(queue: Queue, threads: int, seconds: float) -> float:
    """Find how long an epoch takes when all threads train, the handling of runs included."""
    end = time.perf_counter() + seconds

    def train(block: Block) -> None:
        while time.perf_counter() < end:
            loaded = 0
            while loaded < queue.rows.size and time.perf_counter() < end:
                loaded, _ = block.advance(queue, loaded, SLICE, drain=False)

    blocks = [Block() for _ in range(threads)]
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(train, blocks))
    taken = time.perf_counter() - start
    return taken / max(sum(block.network_epochs for block in blocks), 1)


def bytes_a_run(grid: Grid, finished: Sequence[Finished]) -> float:
    """Tell how many bytes a run takes in a file, from files of the sample."""
    runs = sum(some.rows.size for some in finished)
    if not runs:
        return float("nan")
    count = min(runs, grid.settings.rows)
    results = Results(range(count), grid.settings.weights)
    place = 0
    for some in finished:
        kept = min(some.rows.size, count - place)
        rows = np.arange(place, place + kept, dtype=np.int64)
        results.fill(replace(some, rows=rows), slice(0, kept))
        place += kept
    table = make_table(grid, results)
    settings = grid.settings
    provenance = provenance_of(
        range(count), fingerprint=settings.fingerprint, weights=settings.weights
    )
    sizes = [len(encode(table[:rows], provenance)) for rows in (count // 2, count)]
    chunk = min(chunk_rows(grid.settings), grid.settings.rows)
    a_run = (sizes[1] - sizes[0]) / max(count - count // 2, 1)
    return a_run + max(sizes[1] - a_run * count, 0.0) / chunk


def describe(sweeps: Mapping[str, Settings], estimates: Mapping[str, Estimate]) -> str:
    """Write what sweeps will take as a table, after the settings of the only or the main one."""
    settings = next(iter(sweeps.values()))
    lines = [
        f"{settings.rows:,} runs: {settings.point_count:,} points of the grid x"
        f" {settings.seed_count:,} seeds.",
        *(f"  {key}: {value}" for key, value in settings.as_dict().items()),
        "",
    ]
    found = list(estimates.values())
    columns = {
        "sweep": list(estimates),
        "runs": [f"{one.rows:,}" for one in found],
        "files": [f"{one.chunks:,}" for one in found],
        "on disk": [f"{plaintext.bytes_text(one.bytes)}" for one in found],
        "network-epochs": [f"{one.network_epochs:.2g}" for one in found],
        "time": [plaintext.duration(one.seconds) for one in found],
    }
    lines.append(plaintext.table(columns))
    compiled = sum(one.compile_seconds for one in found)
    threads = found[0].threads
    lines.append(
        f"\nTime on {threads} thread{'s' if threads > 1 else ''}, most likely right within a factor"
        f" of 1.5; {compiled:.1f} s more were taken to compile or load the kernels."
    )
    for key, one in estimates.items():
        if one.limited > 0.2:
            lines.append(
                f"{key}: {100 * one.limited:.0f} % of its epochs are supposed: runs that were still"
                " in training count as if they went on as others did at larger rates, or to"
                " max_epochs."
            )
    lines.append("Nothing was written.")
    return "\n".join(lines)
