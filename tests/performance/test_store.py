"""What storing costs: time beside the same runs in memory, and memory, which it must bound.

Run with ``XORBENCH_ASSERT_SPEED=1 python -m pytest tests/performance/test_store.py -s`` on a
machine that does nothing else (a minute); with ``XORBENCH_RUNS=50000000`` for as many runs (ten).
"""

import os
import re
import shutil
import statistics
import sys
import time
from pathlib import Path

import pytest

from tests.performance.test_goals import JUDGED, judge
from tests.started import starter
from xorbench.chunks import Chunks, chunk_rows
from xorbench.encoding import Grid
from xorbench.runner import Report, train_chunks
from xorbench.settings import make_settings
from xorbench.store import Folder

RUNS = int(os.environ.get("XORBENCH_RUNS", 4_000_000 if JUDGED else 100_000))
ROUNDS = 3 if JUDGED else 1
SHORT = {"seeds": f"0:{RUNS}", "learning_rate": 10, "max_epochs": 1000, "weights": False}


def rate(report: Report) -> float:
    return report.runs / report.train_seconds


def test_storing_costs_little_time(tmp_path: Path) -> None:
    settings = make_settings(**SHORT)
    chunks = Chunks(settings.rows, chunk_rows(settings))
    ratios = []
    for _ in range(ROUNDS):
        bare = train_chunks(Grid(settings), chunks, lambda results: None)
        stored = Folder(tmp_path / "sweep", settings).train({})
        assert stored.runs == RUNS
        shutil.rmtree(tmp_path / "sweep")
        ratios.append(rate(stored) / rate(bare))
    judge("of the speed without storing, stored", statistics.median(ratios), 0.9)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from Linux's /proc")
def test_memory_does_not_grow_with_the_sweep(tmp_path: Path) -> None:
    options = ["--learning-rate=10", "--max-epochs=1000", "--no-weights", "--quiet"]
    arguments = ["sweep", f"--seeds=0:{RUNS}", *options, f"--out={tmp_path / 'sweep'}"]
    with starter(tmp_path) as warm:
        process = warm.start(arguments)
        status = Path(f"/proc/{process}/status")
        peak = 0
        while found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text()):
            peak = int(found[1])
            time.sleep(0.01)
        # It has ended, and has no memory any more.
        assert warm.end() == 0
    judge("MB at most", peak / 1024, 1000, least=False)
    assert peak < 1000 * 1024
