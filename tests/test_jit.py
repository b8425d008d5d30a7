"""The cache of compiled kernels, seen from fresh processes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from xorbench import jit
from xorbench.jit import kernel_hash

# Each value of each number that chooses a variant, once.
TRAIN = """
from tests.kernel_runs import Setting, seeds, train
from xorbench.kernel.lanes import advance
for setting in (
    Setting(max_epochs=1),
    Setting(max_epochs=1, update="online", momentum=0.5, metric="max_error"),
    Setting(max_epochs=1, error="cross_entropy", metric="cross_entropy", measured="during_epoch"),
    Setting(max_epochs=1, precision="single"),
):
    train(seeds(0, 1), setting)
hits, misses = (sum(counts.values()) for counts in advance.stats[1:])
"""

IMPORT = """
import numba
before = numba.config.CACHE_DIR
from xorbench.kernel import lanes
from xorbench.notation import Init
from xorbench.seeding import starting_weights
after = numba.config.CACHE_DIR
first = starting_weights([27], Init("uniform", (0.0, 1.0)))[0, 0]
"""

REPORTED = """
import json, warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    values = {}
    exec(%r, values)
words = [[warning.category.__name__, str(warning.message)] for warning in caught]
print(json.dumps([words, *(values[name] for name in %r)]))
"""


def in_a_new_process(code: str, names: list[str], cache: Path) -> list[Any]:
    """Run code; return the warnings that it gave, and the values of these names."""
    result = subprocess.run(
        [sys.executable, "-c", REPORTED % (code, names)],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    values: list[Any] = json.loads(result.stdout)
    return values


def test_a_second_process_finds_every_compiled_kernel(tmp_path: Path) -> None:
    warnings, hits, misses = in_a_new_process(TRAIN, ["hits", "misses"], tmp_path)
    assert (warnings, hits, misses) == ([], 0, 4)
    folder = tmp_path / "xorbench" / kernel_hash()[:16]
    assert list(folder.rglob("lanes.advance*.nbc"))
    warnings, hits, misses = in_a_new_process(TRAIN, ["hits", "misses"], tmp_path)
    assert (warnings, hits, misses) == ([], 4, 0)


def test_without_a_folder_to_write_one_warning_says_so_and_all_works(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    warnings, first = in_a_new_process(IMPORT, ["first"], file / "below")
    ((category, sentence),) = warnings
    assert category == "RuntimeWarning"
    assert str(file) in sentence
    assert "set NUMBA_CACHE_DIR" in sentence
    assert sentence.endswith(".")
    assert first == pytest.approx(0.42572141, abs=5e-9)


def test_numbas_own_cache_folder_stays_the_users(tmp_path: Path) -> None:
    _, before, after = in_a_new_process(IMPORT, ["before", "after"], tmp_path)
    assert before == after == str(tmp_path)


def test_the_cache_is_keyed_by_every_source_of_the_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = shutil.copytree(Path(jit.__file__).parent, tmp_path / "xorbench")
    monkeypatch.setattr(jit, "__file__", str(package / "jit.py"))
    compute = jit.kernel_hash.__wrapped__
    hashes = {kernel_hash(), compute()}
    assert len(hashes) == 1
    sources = [package / "jit.py", package / "seeding.py", *(package / "kernel").glob("*.py")]
    for source in sources:
        source.write_text(source.read_text() + "\n")
        assert compute() not in hashes
        hashes.add(compute())
    (package / "network.py").unlink()
    assert compute() in hashes
