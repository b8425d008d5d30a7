"""Whatever stops a sweep, it goes on from what is stored, and its table is the same to the bit."""

import os
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.started import Starter, starter, stopped
from xorbench.places import resume_command

# Many chunks, because a run may take very long; none does.
SWEEP = [
    "sweep",
    "--seeds=0:10240",
    "--learning-rate=2,9",
    "--stop=mse < 0.24",
    "--max-epochs=1e12",
]
CHUNKS = 20
FIRST = "runs/000000000000000-000000000001024.parquet"
KILLS = 30


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    with starter(tmp_path_factory.mktemp("said")) as started:
        yield started


@pytest.fixture(scope="module")
def undisturbed(warm: Starter, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed") / "sweep"
    assert warm.run([*SWEEP, f"--out={folder}"])[0] == 0
    content = contents(folder)
    assert len(content) == CHUNKS + 1
    return content


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files but the manifest, in which there are times."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }


def test_a_sweep_survives_being_killed(
    warm: Starter, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    chance = random.Random()
    start = time.monotonic()
    assert warm.run([*SWEEP, f"--out={tmp_path / 'timed'}"])[0] == 0
    whole = time.monotonic() - start
    kills, finished, partly = 0, 0, 0
    while kills < KILLS:
        folder = tmp_path / str(finished)
        process = warm.start([*SWEEP, f"--out={folder}"])
        time.sleep(chance.uniform(0, whole))
        os.kill(process, signal.SIGKILL)
        code = warm.end()
        if code == -signal.SIGKILL:
            kills += 1
            partly += 0 < len(contents(folder)) < CHUNKS
            continue
        assert code == 0
        assert contents(folder) == undisturbed
        finished += 1
    folder = tmp_path / str(finished)
    assert warm.run([*SWEEP, f"--out={folder}"])[0] == 0
    assert contents(folder) == undisturbed
    assert partly > KILLS // 6  # killed in the middle


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], object]]]:
    """Give a folder that soon is full, and a function that makes it large."""
    mounted = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(tmp_path)]
    try:
        done = subprocess.run(mounted, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        done = False
    if done:
        try:
            yield (
                tmp_path,
                lambda: subprocess.run(
                    ["mount", "-o", "remount,size=100M", str(tmp_path)], check=True
                ),
            )
        finally:
            subprocess.run(["umount", str(tmp_path)], check=True)
        return
    # Where nothing may be mounted, files may at least be forbidden to grow: inherited when forked.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        yield tmp_path, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_sweep_survives_a_full_disk(
    small_disk: tuple[Path, Callable[[], object]],
    undisturbed: dict[str, bytes],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    root, enlarge = small_disk
    folder = root / "sweep"
    said = tmp_path_factory.mktemp("said")
    with starter(said) as limited:  # so that it inherits the limit, if that is what there is
        code, text = limited.run([*SWEEP, f"--out={folder}"])
        stored = contents(folder)
        assert code == 3
        assert text.startswith(f"xorbench: {folder} cannot be written (")
        assert text.endswith(
            f" of 20,480 runs are stored in {folder}. Once that is mended, go on with:"
            f" {resume_command(folder)}\n"
        )
        assert stored.items() < undisturbed.items()  # what is there is whole, and nothing else
        assert limited.run(["sweep", f"--resume={folder}"])[0] == 3
    enlarge()
    with starter(said) as freed:
        assert freed.run(["sweep", f"--resume={folder}", "--quiet"])[0] == 0
    assert contents(folder) == undisturbed


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_sweep_that_is_stopped_tells_how_it_goes_on(
    warm: Starter, tmp_path: Path, sent: signal.Signals
) -> None:
    folder = tmp_path / "sweep"
    assert stopped(warm, folder, (folder / FIRST).exists, sent) == (
        f"xorbench: interrupted; 1,024 of 4,000 runs are stored in {folder}. Go on with:"
        f" {resume_command(folder)}\n"
    )
    assert list(contents(folder)) == [FIRST]
