"""Rows and chunks follow from each other by arithmetic, and the sizes from the settings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorbench.chunks import Chunks, Shard, chunk_rows, file_of
from xorbench.settings import make_settings

SIZES = st.sampled_from([2**k for k in range(10, 22)])


@given(st.integers(1, 300_000), SIZES, st.integers(1, 9))
def test_shards_hold_every_row_once(rows: int, size: int, count: int) -> None:
    chunks = Chunks(rows, size)
    shards = [chunks.only(Shard(i, count).numbers(chunks.total)) for i in range(1, count + 1)]
    held = sorted((chunk for shard in shards for chunk in shard), key=lambda chunk: chunk.start)
    assert held == list(chunks)
    assert [row for chunk in held for row in (chunk.start, chunk.stop)] == sorted(
        [*range(0, rows, size), *range(size, rows, size), rows]
    )
    assert sum(shard.runs for shard in shards) == rows == chunks.runs
    assert all(shard.runs == sum(map(len, shard)) for shard in shards)


@given(st.integers(1, 10**15), SIZES, st.data())
def test_names_and_numbers_follow_from_each_other(
    rows: int, size: int, data: st.DataObject
) -> None:
    chunks = Chunks(rows, size)
    number = data.draw(st.integers(0, chunks.total - 1))
    name = file_of(chunks[number]).removeprefix("runs/")
    assert chunks.number_of(name) == number
    assert chunks.number_of(f"copy of {name}") is None
    other = Chunks(rows, size // 2)
    same = other.number_of(name)  # the last chunk may be short enough for both
    assert same is None or other[same] == chunks[number]


def test_the_last_chunk_ends_with_the_rows() -> None:
    chunks = Chunks(2500, 1024)
    assert chunks.number_of("000000000002048-000000000002500.parquet") == 2
    assert chunks.number_of("000000000002048-000000000003072.parquet") is None
    assert chunks.number_of("000000000003072-000000000004096.parquet") is None


@pytest.mark.parametrize(
    ("seeds", "max_epochs", "points", "size"),
    [
        (1000, 100_000, 16, 4096),  # the default sweep
        (1000, 10**12, 16, 1024),
        (10**6, 100_000, 16, 65_536),
        (5 * 10**7, 1000, 1, 2**19),
        (4 * 10**9, 100_000, 250, 2**21),  # 10^12 rows
    ],
)
def test_sizes(seeds: int, max_epochs: int, points: int, size: int) -> None:
    rates = np.arange(1.0, points + 1)
    chosen = make_settings(seeds=range(seeds), learning_rate=rates, max_epochs=max_epochs)
    assert chunk_rows(chosen) == size
    assert Chunks(chosen.rows, size).total < 10**6
