"""What a sweep in memory needs beside its table."""

import subprocess
import sys

import pytest

PEAK = r"""
import re, xorbench
def peak():
    # Not getrusage: its peak is also that of the process that started this one.
    return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())[1])
xorbench.sweep(range(100), 10.0, max_epochs=1, weights={weights})
before = peak()
table = xorbench.sweep(range(3_000_000), 10.0, max_epochs=1, weights={weights})
print((peak() - before) / table.memory_usage(index=False).sum())
"""


def peak_over_table(weights: bool) -> float:
    code = PEAK.format(weights=weights)
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return float(result.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's /proc")
def test_the_peak_is_far_below_three_times_the_table() -> None:
    # 1 is the table itself: its columns are the arrays that the threads have filled.
    assert 1 <= peak_over_table(weights=True) < 1.5
    assert 1 <= peak_over_table(weights=False) < 2.5
