"""The rows of a sweep in chunks, a file each; and shards, which are shares of the chunks.

Which rows make a chunk follows from the settings alone, never from the machine or from how fast
it is, so that all machines and all starts agree.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from xorbench.problems import SettingsError, shown
from xorbench.settings import Settings

RUNS = "runs"
"""The folder of the chunks' files, in that of the sweep."""

SMALLEST = 2**10
FEW = 2**12
LARGEST = 2**19
MANY = 2**19
LARGEST_OF_ALL = 2**21

# A chunk that is not finished when a process is killed is lost, and this bounds what was in it:
# half a minute of two cores if every run went on to the limit; most end long before.
MOST_EPOCHS = 2**33
ENOUGH = 64
"""So many chunks are enough to share among machines, and to lose little at the end of each."""

NAME = re.compile(r"(\d{15})-(\d{15})\.parquet")


def chunk_rows(settings: Settings) -> int:
    """Choose how many rows make a chunk.

    Chunks hold 1,024 runs or more, so that their files are not too small, and grow with the sweep
    for as long as little is lost with one. Only where there would be more than half a million
    chunks do they grow further, to two million runs: what a machine holds in memory is a few
    chunks.

    Examples
    --------
    >>> from xorbench.settings import make_settings
    >>> chunk_rows(make_settings(seeds="0:1000", learning_rate="log:0.05:50:16"))
    4096
    >>> chunk_rows(make_settings(seeds="0:50000000", learning_rate=10, max_epochs=1000))
    524288
    """
    longest = max(settings.max_epochs)
    size = SMALLEST
    while (
        size < LARGEST
        and (size < FEW or size * ENOUGH < settings.rows)
        and 2 * size * longest <= MOST_EPOCHS
    ):
        size *= 2
    while size < LARGEST_OF_ALL and size * MANY < settings.rows:
        size *= 2
    return size


class Chunks(Sequence[range]):
    """Chunks of a sweep, by arithmetic: all of them, or those with certain numbers.

    Parameters
    ----------
    rows : int
        Of the whole sweep.
    size : int
        Rows in a chunk; the last may have fewer.
    numbers : ascending integers, optional
        Of the chunks that are meant; all by default.

    Examples
    --------
    >>> chunks = Chunks(2500, 1024)
    >>> list(chunks)
    [range(0, 1024), range(1024, 2048), range(2048, 2500)]
    >>> list(chunks.only([2])), chunks.only([0, 2]).runs
    ([range(2048, 2500)], 1476)
    """

    def __init__(
        self, rows: int, size: int, numbers: range | npt.NDArray[np.int64] | None = None
    ) -> None:
        self.rows = rows
        self.size = size
        self.total = -(-rows // size)
        self.numbers = range(self.total) if numbers is None else numbers

    def only(self, numbers: npt.ArrayLike) -> "Chunks":
        """Take the chunks with these numbers."""
        return Chunks(self.rows, self.size, np.asarray(numbers, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> range: ...

    @overload
    def __getitem__(self, index: slice) -> "Chunks": ...

    def __getitem__(self, index: int | slice) -> "range | Chunks":
        if isinstance(index, slice):
            return Chunks(self.rows, self.size, self.numbers[index])
        start = int(self.numbers[index]) * self.size
        return range(start, min(start + self.size, self.rows))

    @property
    def runs(self) -> int:
        """How many rows these chunks have."""
        if not len(self):
            return 0
        missing_in_last = self.total * self.size - self.rows
        holds_last = int(self.numbers[-1]) == self.total - 1
        return len(self) * self.size - (missing_in_last if holds_last else 0)

    def number_of(self, name: str) -> int | None:
        """Tell the number of the chunk that a file's name means; None if it means none."""
        match = NAME.fullmatch(name)
        if match is None:
            return None
        start, stop = map(int, match.groups())
        number, rest = divmod(start, self.size)
        means_one = rest == 0 and start < self.rows and stop == min(start + self.size, self.rows)
        return number if means_one else None


def file_of(rows: range) -> str:
    """Name the file of a chunk.

    Examples
    --------
    >>> file_of(range(0, 1024))
    'runs/000000000000000-000000000001024.parquet'
    """
    return f"{RUNS}/{rows.start:015d}-{rows.stop:015d}.parquet"


@dataclass(frozen=True)
class Shard:
    """One of several shares of a sweep: every so many-th chunk.

    Attributes
    ----------
    index : int
        From 1 to `count`.
    count : int
    """

    index: int
    count: int

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def numbers(self, chunks: int) -> range:
        """Tell which of so many chunks are this shard's.

        Examples
        --------
        >>> [list(Shard(index, 3).numbers(8)) for index in (1, 2, 3)]
        [[0, 3, 6], [1, 4, 7], [2, 5]]
        """
        return range(self.index - 1, chunks, self.count)


WHOLE = Shard(1, 1)
MOST_SHARDS = 10**6


def read_shard(text: str | None) -> Shard:
    """Read a shard, I/N; without one, it is the whole sweep.

    Raises
    ------
    SettingsError

    Examples
    --------
    >>> read_shard("2/8")
    Shard(index=2, count=8)
    >>> read_shard("0/8")
    Traceback (most recent call last):
    xorbench.problems.SettingsError: shard: "0/8" is not allowed; give I/N, such as 1/4, with I \
from 1 to N, and N up to 1,000,000.
    """
    if text is None:
        return WHOLE
    match = re.fullmatch(r"\s*([0-9]{1,7})\s*/\s*([0-9]{1,7})\s*", text)
    if match:
        index, count = map(int, match.groups())
        if 1 <= index <= count <= MOST_SHARDS:
            return Shard(index, count)
    raise SettingsError(
        [
            f"shard: {shown(text)} is not allowed; give I/N, such as 1/4, with I from 1 to N, and N"
            f" up to {MOST_SHARDS:,}."
        ]
    )
