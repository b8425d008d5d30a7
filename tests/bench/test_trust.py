"""Warnings: each appears where it should, names what it means, and says what to do."""

from typing import Any

import pytest

from tests.bench.made_up import result, timing, with_timing
from xorbench.bench.results import Result
from xorbench.bench.rivals import Checked
from xorbench.bench.trust import warnings

WIDE = (1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.1)


def rival(equal: int) -> Checked:
    return Checked("peer loop", "loop", "one network at a time", "one", 8, equal, 200)


def test_a_good_result_has_no_warnings() -> None:
    assert warnings(result()) == []
    assert warnings(result(load_average=None, rivals=[rival(198)])) == []
    # Not all of a sweep is done by all threads.
    assert warnings(with_timing(sweep=timing("sweep", 2e8, threads=2, waiting=1.2))) == []


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"rounds": 3}, ["3 rounds are too few", "use --rounds 7 or more"]),
        ({"load_average": 1.8}, ["load average 1.8", "close them, or wait"]),
        ({"threads": 4}, ["4 threads share 2 processors; use --threads 2."]),
        ({"rivals": [rival(197)]}, ["loop does not do the same training: for 3 of 200 networks"]),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], parts: list[str]) -> None:
    (warning,) = warnings(result(**changes))
    assert [part for part in parts if part not in warning] == []


@pytest.mark.parametrize(
    ("made", "parts"),
    [
        (
            with_timing(momentum=timing("batch, momentum", 9e7, slowed=WIDE)),
            ["Unstable", ": batch, momentum (9%). Close other programs", "--rounds 14."],
        ),
        (
            with_timing(sums=timing("additions", 3e10, "operations", waiting=1.25)),
            ["wait for a processor: additions (80% of the time)", "close them, or wait"],
        ),
    ],
)
def test_numbers_not_to_believe_are_named(made: Result, parts: list[str]) -> None:
    (warning,) = warnings(made)
    assert [part for part in parts if part not in warning] == []
