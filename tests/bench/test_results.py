"""What follows from the times, and that nothing is lost in a file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bench.made_up import ROUNDS, result, timing, with_timing
from xorbench.bench.report import record
from xorbench.bench.results import Sample, read_result, sample
from xorbench.problems import SettingsError


def test_a_sample_is_the_median_and_the_middle_half() -> None:
    assert sample([5.0, 1.0, 3.0, 2.0, 4.0]) == Sample(3.0, 2.0, 4.0)
    assert sample([5.0, 1.0, 3.0, 2.0, 4.0]).spread == pytest.approx(2 / 3)
    assert sample([7.0]) == Sample(7.0, 7.0, 7.0)


def test_ratios_are_taken_within_each_round() -> None:
    slowed = (1.0, 8.0, 1.0, 2.0, 4.0, 1.0, 1.0)
    made = with_timing(
        batch=timing("batch", 100.0, slowed=slowed), sweep=timing("sweep", 180.0, slowed=slowed)
    )
    assert made.efficiency == Sample(0.9, 0.9, 0.9)


def test_the_roofline_counts_a_fused_operation_twice_and_bits_not_at_all() -> None:
    made = result()
    assert made.flops == 2 * 100 + 60 + 37 + 3
    assert made.share_of_peak is not None
    assert made.share_of_bound is not None
    assert made.share_of_peak.median == pytest.approx(300 * 100e6 / 60e9)
    assert made.share_of_bound.median == pytest.approx(0.8)


def test_rivals_are_compared_with_as_many_threads_as_they_use() -> None:
    faster = {name: numbers.median for name, numbers in result().faster.items()}
    assert faster == {"loop": pytest.approx(20.0), "crowd": pytest.approx(5.0)}


def test_a_stored_result_is_read_back_whole(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    for made in (result(), result(load_average=None, epoch={"operations": None, "vector_bits": 0})):
        content = record(made)
        file.write_text(json.dumps(content))
        assert read_result(file) == made
        assert record(read_result(file)) == content
    assert content["share_of_peak"] is None
    assert content["timings"]["batch"]["per_second"]["median"] == 100e6


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content["timings"].pop("batch"),
        lambda content: content["timings"].pop("fused"),
        lambda content: content["timings"].pop("peer loop"),
        lambda content: content["timings"]["sums"].update(seconds=[], processor_seconds=[]),
        lambda content: content["timings"]["batch"]["seconds"].pop(),
        lambda content: content["timings"]["batch"].update(seconds=[0.0] * ROUNDS),
        lambda content: content["sweeps"].pop("short_runs"),
        lambda content: content["machine"].pop("cpu"),
        lambda content: content["versions"].pop("numba"),
    ],
)
def test_a_result_that_lacks_something_is_refused(
    damage: Callable[[Any], object], tmp_path: Path
) -> None:
    content = record(result())
    damage(content)
    file = tmp_path / "bench.json"
    file.write_text(json.dumps(content))
    with pytest.raises(SettingsError, match="is not the result of a benchmark"):
        read_result(file)
