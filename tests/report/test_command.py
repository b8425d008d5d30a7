"""The commands that draw: what they write, and what they say."""

import os
from pathlib import Path

import pytest

from tests.stored_sweeps import store
from xorbench import cli, extras


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return store(tmp_path_factory.mktemp("sweep") / "here")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_report_writes_pictures_and_a_page(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["report", str(folder)]) == 0
    output, messages = capsys.readouterr()
    assert output == ""
    assert messages.splitlines() == [
        f"xorbench: wrote 12 pictures to {folder}/figures.",
        f"xorbench: wrote {folder}/report.html; open it in a browser.",
    ]
    assert names(folder) == ["figures", "manifest.json", "report.html", "runs", "summary.csv"]
    assert len(names(folder / "figures")) == 12


def test_only_some_pictures(tmp_path: Path) -> None:
    folder = store(tmp_path / "here")
    assert cli.run(["report", str(folder), "--only", "mix,pairs"]) == 0
    assert names(folder / "figures") == ["mix.png", "mix.svg", "pairs.png", "pairs.svg"]
    assert "report.html" not in names(folder)


def test_a_folder_that_cannot_be_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)
    assert cli.run(["report", str(folder)]) == 2
    assert capsys.readouterr().err == (
        f"xorbench: {folder} cannot be written (permission denied).\n"
    )


def test_a_run_is_drawn_into_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = ["train", "--seed=27", "--learning-rate=5", "--update=batch"]
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("PDF", b"%PDF")):
        assert cli.run([*command, f"--plot=run.{kind}"]) == 0
        assert capsys.readouterr().err == f"xorbench: wrote run.{kind}.\n"
        assert Path(f"run.{kind}").read_bytes().startswith(start)
    assert sorted(os.listdir()) == ["run.PDF", "run.png", "run.svg"]


@pytest.mark.parametrize(
    "arguments", [["report", "somewhere"], ["train", "--plot=run.png"], ["map"]]
)
def test_what_is_missing_is_named_with_the_command_that_adds_it(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "matplotlib" else name)
    assert cli.run(arguments) == 2
    assert capsys.readouterr().err == (
        "xorbench: matplotlib is not installed;"
        " pip install 'xorbench[report]' adds what is missing.\n"
    )
