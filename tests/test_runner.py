"""The threads that train: the table does not depend on them, and they stop when they should."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xorbench import runner
from xorbench.encoding import Grid
from xorbench.kernel.layout import LANES
from xorbench.problems import SettingsError
from xorbench.runner import LARGEST_PORTION, Report, Work, train_chunks
from xorbench.seeding import starting_weights
from xorbench.settings import Settings, make_settings
from xorbench.table import Results, make_table

# Runs of every outcome and of very different lengths, more than the lanes of five threads hold.
MIXED = make_settings(
    seeds="0:30",
    learning_rate=[0.0, 0.5, 5.0, 1e200],
    update=["batch", "online"],
    error=["sse", "cross_entropy"],
    momentum=[0.0, 0.5, 0.9],
    stop="mse < 0.1",
    max_epochs=400,
)
ROWS = MIXED.rows

AXES = {
    "learning_rate": st.floats(0.01, 20),
    "update": st.sampled_from(["batch", "online"]),
    "momentum": st.just(0.0) | st.floats(0.01, 0.95),
    "error": st.sampled_from(["mse", "sse", "half_mse", "half_sse"]),
    "init": st.sampled_from(["uniform:0,1", "uniform:-2,2", "normal:1"]),
    "stop": st.sampled_from(["mse < 0.15", "rms < 0.4", "sse < 0.5", "half_mse < 0.01"]),
    "measured": st.sampled_from(["after_epoch", "during_epoch"]),
    "max_epochs": st.integers(1, 200),
}


@st.composite
def grids(draw: st.DrawFn) -> Settings:
    """Draw settings with up to three values on up to four axes."""
    varied = draw(st.sets(st.sampled_from(list(AXES)), max_size=4))
    lengths = {name: 3 if name in varied else 1 for name in AXES}
    axes = {
        name: draw(st.lists(AXES[name], min_size=1, max_size=lengths[name], unique=True))
        for name in AXES
    }
    seeds = draw(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=8, unique=True))
    return make_settings(seeds=seeds, **axes)


def trained(
    settings: Settings, threads: int = 2, chunks: Sequence[range] | None = None
) -> tuple[pd.DataFrame, Report]:
    """Train chunks of a grid, all its rows by default, and join their tables."""
    grid = Grid(settings)
    tables: dict[int, pd.DataFrame] = {}

    def keep(results: Results) -> None:
        tables[results.rows.start] = make_table(grid, results)

    report = train_chunks(grid, chunks or [range(settings.rows)], keep, threads=threads)
    return pd.concat([tables[row] for row in sorted(tables)], ignore_index=True), report


def assert_same_bits(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    floats = one.select_dtypes(np.float64).columns
    assert one[floats].to_numpy().tobytes() == other[floats].to_numpy().tobytes()


def divided(rows: int, cuts: Sequence[int]) -> list[range]:
    return [range(*ends) for ends in itertools.pairwise([0, *sorted(set(cuts)), rows])]


def xorbench_threads() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name.startswith("xorbench")]


@pytest.fixture(scope="module")
def alone() -> pd.DataFrame:
    """Train the mixed grid on one thread."""
    return trained(MIXED, threads=1)[0]


def test_the_mixed_grid_is_mixed(alone: pd.DataFrame) -> None:
    assert len(alone) == ROWS > 5 * LANES
    assert set(alone.outcome) == {"converged", "max_epochs", "stalled", "nonfinite"}


@pytest.mark.parametrize("threads", [2, 3, 5])
def test_the_table_does_not_depend_on_the_threads(alone: pd.DataFrame, threads: int) -> None:
    assert_same_bits(trained(MIXED, threads)[0], alone)


@settings(max_examples=10)
@given(st.lists(st.integers(1, ROWS - 1), max_size=20), st.integers(1, 5))
def test_the_table_does_not_depend_on_the_chunks(
    alone: pd.DataFrame, cuts: list[int], threads: int
) -> None:
    assert_same_bits(trained(MIXED, threads, divided(ROWS, cuts))[0], alone)


def test_chunks_need_not_be_all_the_rows(alone: pd.DataFrame) -> None:
    chunks = [range(7, 8), range(100, 333), range(500, 502)]
    table, report = trained(MIXED, 2, chunks)
    rows = [row for chunk in chunks for row in chunk]
    assert_same_bits(table, alone.iloc[rows].reset_index(drop=True))
    assert report.runs == len(rows)


@settings(max_examples=15)
@given(grids(), st.data())
def test_a_run_is_the_same_alone_as_in_a_grid(grid: Settings, data: st.DataObject) -> None:
    table, _ = trained(grid)
    row = data.draw(st.integers(0, grid.rows - 1))
    index, place = grid.locate(row)
    point, seed = vars(grid.point(index)), grid.seed(place)
    by_seed, _ = trained(make_settings(seeds=seed, **point), threads=1)
    results = by_seed.columns[by_seed.columns.get_loc("outcome") :]
    in_grid = table.loc[[row], results].reset_index(drop=True)
    assert_same_bits(by_seed[results], in_grid)

    init = point.pop("init")
    start = starting_weights([seed], init)
    by_weights, _ = trained(make_settings(initial_weights=start, **point), threads=1)
    assert_same_bits(by_weights[results], in_grid)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_report_adds_up(threads: int) -> None:
    table, report = trained(MIXED, threads, divided(ROWS, [1, 50]))
    assert report.runs == len(table)
    assert report.network_epochs == table.epochs.sum()
    assert report.threads == threads
    assert report.train_seconds > 0
    assert report.compile_seconds > 0
    assert 0 <= report.tail_seconds < report.train_seconds


def test_nothing_to_train_takes_nothing() -> None:
    called: list[Results] = []
    report = train_chunks(Grid(MIXED), [], called.append, threads=2)
    assert (report.runs, report.network_epochs, report.compile_seconds) == (0, 0, 0.0)
    assert not called


@pytest.mark.parametrize("threads", [1, 2])
def test_progress_rises_to_the_number_of_runs(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PATIENCE", 0.001)
    monkeypatch.setattr(runner, "BUDGET", 1000)
    settings = make_settings(seeds="0:100", learning_rate=0.001, max_epochs=100_000)
    seen: list[tuple[int, int]] = []
    report = train_chunks(
        Grid(settings),
        divided(100, [77]),
        lambda results: None,
        threads=threads,
        progress=lambda runs, network_epochs: seen.append((runs, network_epochs)),
    )
    runs, epochs = zip(*seen, strict=True)
    assert sorted(runs) == list(runs)
    assert runs[-1] == 100
    assert epochs[-1] == report.network_epochs == 100 * 100_000
    # Epochs of runs that have not finished count as well.
    assert any(0 < count < epochs[-1] for finished, count in seen if finished == 0)


@pytest.mark.parametrize("threads", [0, -1, 1025, 1.5, "many"])
def test_a_number_of_threads_that_there_cannot_be(threads: object) -> None:
    with pytest.raises(SettingsError, match=r"^threads: .* is not allowed; give a whole number"):
        train_chunks(Grid(MIXED), [], print, threads=threads)  # type: ignore[arg-type]


def test_the_last_rows_are_shared_among_the_threads() -> None:
    work = Work(Grid(make_settings(seeds="0:100000", learning_rate=1)), [range(10**5)], 4, print)
    portions = list(iter(work.take, None))
    sizes = [len(rows) for rows in portions]
    assert [row for rows in portions for row in rows] == list(range(10**5))
    assert max(sizes) == LARGEST_PORTION
    assert max(sizes[-4:]) == LANES


# The first chunk is done at once, since its networks do not move; the others take long.
LONG = make_settings(seeds="0:64", learning_rate=[0.0, 1e-9], max_epochs=2 * 10**7)


class FullError(Exception):
    """Something that goes wrong in a thread."""


def fail(*_: object) -> None:
    raise FullError


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("failing", ["on_chunk", "progress"])
def test_an_error_stops_all_threads(threads: int, failing: str) -> None:
    callbacks: dict[str, Callable[..., None]] = {"on_chunk": lambda results: None}
    callbacks[failing] = fail
    start = time.monotonic()
    with pytest.raises(FullError):
        train_chunks(Grid(LONG), divided(LONG.rows, [64]), threads=threads, **callbacks)
    assert time.monotonic() - start < 3
    assert not xorbench_threads()


def test_ctrl_c_does_not_reach_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    compiling, finished = threading.Event(), threading.Event()
    compilers = []

    class SlowBlock:
        def advance(self, *_: object, **__: object) -> None:
            compilers.append(threading.current_thread())
            compiling.set()
            finished.wait(10)

    def interrupt() -> None:
        compiling.wait()
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(runner, "Block", SlowBlock)
    start = time.monotonic()
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        train_chunks(Grid(MIXED), [range(ROWS)], print)
    assert time.monotonic() - start < 3
    assert compilers != [threading.main_thread()]  # which alone hears Ctrl-C
    finished.set()
    compilers[0].join(10)
    assert len(compilers) == 1  # the other kernels are not compiled any more


FINITE_CHUNKS = [f"{start:015d}-{start + 1024:015d}.parquet" for start in range(0, 4096, 1024)]


def files_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.*"))


@pytest.fixture
def endless_sweep(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a sweep in a process of its own, and wait until only its endless runs are left."""
    axes = ["--seeds=0:5000", "--learning-rate=0,1e-9", "--stop=mse<1e-12", "--max-epochs=1e12"]
    with subprocess.Popen(
        [sys.executable, "-m", "xorbench", "sweep", *axes, f"--out={tmp_path / 'out'}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            while process.poll() is None and not set(FINITE_CHUNKS) <= set(files_below(tmp_path)):
                time.sleep(0.05)
            yield process
        finally:
            process.kill()


def test_ctrl_c_stops_a_sweep_within_a_second(
    endless_sweep: subprocess.Popen[str], tmp_path: Path
) -> None:
    start = time.monotonic()
    endless_sweep.send_signal(signal.SIGINT)
    output, messages = endless_sweep.communicate(timeout=30)
    assert time.monotonic() - start < 3  # one on a machine of its own
    assert endless_sweep.returncode == 130
    assert output == ""
    assert messages == (
        f"xorbench: interrupted; 4,096 of 10,000 runs are stored in {tmp_path / 'out'}."
        f" Go on with: python -m xorbench sweep --resume {tmp_path / 'out'}\n"
    )
    assert files_below(tmp_path) == [*FINITE_CHUNKS, "manifest.json"]
