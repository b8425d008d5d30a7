"""What the doctor finds."""

import json
from dataclasses import replace
from pathlib import Path

import llvmlite.binding
import pytest

from xorbench import cli
from xorbench.checkup import EXTRAS, Checkup, check_up, describe_checkup
from xorbench.threads import usable_threads


@pytest.fixture(scope="module")
def found() -> Checkup:
    return check_up()


def test_it_finds_what_is_here(found: Checkup) -> None:
    assert found.threads == usable_threads()
    features = llvmlite.binding.get_host_cpu_features()
    if features.get("avx512f"):
        assert found.vector_bits == 512
    elif features.get("avx2"):
        assert found.vector_bits == 256
    assert found.cache is not None
    assert Path(found.cache).is_dir()
    assert found.extras.keys() == EXTRAS.keys()
    assert found.extras["report"]


def test_what_is_missing_is_told_with_its_command(found: Checkup) -> None:
    extras = {"report": True, "cluster": False}
    text = describe_checkup(replace(found, extras=extras, cache=None, vector_bits=0))
    lines = dict(line.split(maxsplit=1) for line in text.splitlines() if "kernel" not in line[:6])
    assert lines["report"] == "present"
    assert lines["cluster"] == "missing: pip install 'xorbench[cluster]' adds it"
    assert "cannot be written, so each start compiles anew" in text
    assert lines["vectors"] == "none in the compiled kernel"
    cold = describe_checkup(replace(found, warm=False, compile_seconds=3.21))
    assert "was cold, filled in 3.2 s" in cold


def test_the_command_prints_it_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["threads"] == usable_threads()
