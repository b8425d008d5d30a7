"""A report of ten million runs: how long it takes, and how much memory.

Run with ``XORBENCH_ASSERT_SPEED=1 python -m pytest -n 0 tests/performance/test_report.py -s``;
without the variable there are ten thousand runs, and nothing is asserted.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.performance.test_goals import JUDGED, judge
from xorbench import sweep

REPORT = r"""
import re, sys, time
from xorbench import cli
start = time.perf_counter()
assert cli.run(["report", sys.argv[1]]) == 0
took = time.perf_counter() - start
# Not getrusage: its peak is also that of the process that started this one.
peak = int(re.search(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())[1])
print(took, peak / 1e6)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's /proc")
def test_report_of_ten_million_runs(tmp_path: Path) -> None:
    seeds = range(625_000 if JUDGED else 625)
    folder = tmp_path / "here"
    sweep(seeds, "log:1:50:16", max_epochs=200, stop="mse < 0.1", weights=False, out=folder)
    told = subprocess.run(
        [sys.executable, "-c", REPORT, folder], capture_output=True, text=True, check=True
    )
    seconds, gigabytes = map(float, told.stdout.split())
    print()
    judge(f"seconds for the report of {16 * len(seeds):,} runs", seconds, 60, least=False)
    judge("gigabytes for it", gigabytes, 1, least=False)
    judge("megabytes of the page", (folder / "report.html").stat().st_size / 1e6, 2, least=False)
