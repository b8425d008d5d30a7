"""Places to write to: refused beforehand, and never left with half a file."""

import os
from pathlib import Path

import pytest

from xorbench.places import replacing, usable_file, usable_folder
from xorbench.problems import SettingsError


def test_new_empty_and_sweeps_folders_are_usable(tmp_path: Path) -> None:
    assert usable_folder(tmp_path) == tmp_path
    assert usable_folder(tmp_path / "new" / "folder") == tmp_path / "new" / "folder"
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "more").mkdir()
    assert usable_folder(tmp_path) == tmp_path
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "more"]


def test_the_first_other_things_are_named(tmp_path: Path) -> None:
    for name in "dcab":
        (tmp_path / name).write_text("")
    with pytest.raises(SettingsError, match=r"holds other things \(a, b, c, \.\.\.\); give a new"):
        usable_folder(tmp_path)


def test_a_place_without_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The superuser may write everywhere, so ask for him.
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(SettingsError, match=r"^out: .*new cannot be used \(permission denied\)"):
        usable_folder(tmp_path / "new")


def test_a_usable_file_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("older")
    assert usable_file(tmp_path / "old.csv", "to") == tmp_path / "old.csv"
    assert usable_file(tmp_path / "new.csv", "to") == tmp_path / "new.csv"
    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]
    assert (tmp_path / "old.csv").read_text() == "older"


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (".", "it is a folder"),
        ("none/new.csv", "no such file or directory"),
        ("old.csv/new.csv", "not a directory"),
        ("x" * 300, "file name too long"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, place: str, reason: str) -> None:
    (tmp_path / "old.csv").write_text("older")
    with pytest.raises(SettingsError) as refusal:
        usable_file(tmp_path / place, "history")
    assert refusal.value.problems == [
        f"history: {tmp_path / place} cannot be written ({reason}); give another file."
    ]


def test_a_file_is_replaced_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("older")
    with replacing(file) as temporary:
        temporary.write_text("newer")
        assert file.read_text() == "older"
    assert file.read_text() == "newer"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_file_that_is_not_finished_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("older")

    def write() -> None:
        with replacing(file) as temporary:
            temporary.write_text("new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert file.read_text() == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
