"""Texts and files that nobody would write in good faith: never a traceback, never a hang."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xorbench
from xorbench import cli
from xorbench.axes import AXES
from xorbench.experiment import examine
from xorbench.problems import SettingsError
from xorbench.settings import make_settings

WORDS = [
    *("log:", "linear:", "uniform:", "normal:", "xavier", "mse", "max_error", "<", ",", ";", ":"),
    *("0", "1", "-1", "1e308", "1e-400", "nan", "inf", "-inf", "10**12", "1_000", "0x1", "1e5"),
    *(" ", "\t", "\n", "\0", "'", '"', "\\", "../", "~", "$(id)", "__import__('os')", "\U0001f600"),
    *("999999999999999999999999", "0:10000000000000000000", "1:2:1000000000000", "0.1,0.9"),
]
texts = st.lists(st.sampled_from(WORDS), max_size=8).map("".join) | st.text(max_size=40)
values = texts | st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=8)
given_values = (
    values | st.lists(values, max_size=4) | st.dictionaries(st.text(), values, max_size=2)
)


def one_line_each(problems: list[str]) -> bool:
    return bool(problems) and all(
        text and "\n" not in text and len(text) < 600 for text in problems
    )


@settings(max_examples=600, deadline=None)
@given(name=st.sampled_from(["seeds", *AXES, "weights", "initial_weights"]), value=given_values)
def test_no_setting_is_more_than_refused(name: str, value: object) -> None:
    problems = []
    try:
        made = make_settings(**{name: value})
    except SettingsError as refusal:
        problems = refusal.problems
    assert one_line_each(problems) if problems else 1 <= made.rows <= 10**15


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=200) | texts.map(lambda text: f"init = {text}".encode()))
def test_no_experiment_file_is_more_than_refused(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "hostile.toml"
    file.write_bytes(content)
    try:
        _, problems = examine(file)
    except SettingsError as refusal:
        problems = refusal.problems
    assert not problems or one_line_each(problems)


@settings(max_examples=150, deadline=None)
@given(words=st.lists(texts, max_size=4), option=st.sampled_from(["--init", "--seeds", "--stop"]))
def test_no_command_line_is_more_than_refused(words: list[str], option: str) -> None:
    # An unknown option at the end: nothing may be trained, whatever stands before it.
    assert cli.run(["sweep", option, *words, "--nothing-of-this-name"]) == 2


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stored sweep."""
    folder = tmp_path_factory.mktemp("whole") / "sweep"
    xorbench.sweep(range(20), 5.0, max_epochs=100, out=folder)
    return folder


HOSTILE: list[Any] = [
    [],
    None,
    {"rows": 10**30},
    {"rows": -1},
    {"rows": "20"},
    {"chunk_rows": 0},
    {"settings": []},
    {"settings": {"seeds": "0:99999999999999999999"}},
    {"settings": {"learning_rate": {"a": 1}}},
    {"settings": {"initial_weights": {"sha256": "../../etc/passwd", "rows": 20}}},
]


@pytest.mark.parametrize("change", HOSTILE, ids=repr)
@pytest.mark.parametrize("command", ["read", "verify", "report", "sweep --resume"])
def test_no_manifest_is_more_than_refused(
    whole: Path, tmp_path: Path, change: Any, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = json.loads((whole / "manifest.json").read_text())
    content = {**manifest, **change} if isinstance(change, dict) else change
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    assert cli.run([*command.split(), str(tmp_path)]) in (2, 4)
    assert "Traceback" not in capsys.readouterr().err


def test_deeply_nested_manifests_are_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    assert cli.run(["read", str(tmp_path)]) == 2


def test_no_pickle_is_read(tmp_path: Path) -> None:
    file = tmp_path / "weights.npy"
    np.save(file, np.array([[print] * 9], dtype=object), allow_pickle=True)
    with pytest.raises(SettingsError, match="initial_weights"):
        make_settings(initial_weights=str(file))


@pytest.mark.parametrize("name", ["../outside.toml", "/etc/passwd", "nowhere/x.toml"])
def test_names_of_experiments_are_names(name: str) -> None:
    assert cli.run(["reproduce", name]) == 2
