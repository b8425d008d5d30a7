"""Going on with a stored sweep from its folder alone, and starting anew, on the command line."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import Command
from xorbench.manifest import read_manifest
from xorbench.reading import read

# A run may take so long that chunks are small; none does.
SMALL = ["sweep", "--seeds=0:3000", "--learning-rate=9", "--stop=mse < 0.24", "--max-epochs=1e12"]
FILES = [
    "000000000000000-000000000001024.parquet",
    "000000000001024-000000000002048.parquet",
    "000000000002048-000000000003000.parquet",
]


def names(folder: str) -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def test_the_folder_alone_is_enough(xorbench: Command) -> None:
    Path("e.toml").write_text('title = "T"\nquestion = "Q?"\nlearning_rate = 9\nseeds = "0:40"')
    first = xorbench("sweep", "e.toml", "--out=here", "--format=csv,parquet")
    before = read_manifest("here")
    for name in ("summary.csv", "runs.csv", f"runs/{0:015d}-{40:015d}.parquet"):
        Path("here", name).unlink()
    again = xorbench("sweep", "--resume=here", "--threads=1")
    assert (again.code, again.output) == (0, first.output)
    assert again.messages[0].startswith("Trained 40 runs")
    assert names("here") == ["manifest.json", "runs", "runs.csv", "summary.csv"]
    after = read_manifest("here")
    assert all(after[key] == before[key] for key in ("name", "title", "question", "settings"))


def test_starting_weights_are_kept_in_the_folder(xorbench: Command) -> None:
    np.save("starts.npy", np.random.default_rng(1).normal(size=(50, 9)))
    given = ["--initial-weights=starts.npy", "--learning-rate=1", "--max-epochs=100", "--out=here"]
    assert xorbench("sweep", *given).code == 0
    expected = read("here")
    Path("starts.npy").unlink()
    for file in Path("here/runs").iterdir():
        file.unlink()
    assert xorbench("sweep", "--resume=here").code == 0
    pd.testing.assert_frame_equal(read("here"), expected, check_exact=True)
    assert xorbench("verify", "here").code == 0


@pytest.mark.parametrize("damage", ["missing", "damaged", "other"])
def test_starting_weights_that_are_not_those_are_refused(xorbench: Command, damage: str) -> None:
    np.save("starts.npy", np.ones((5, 9)))
    xorbench("sweep", "--initial-weights=starts.npy", "--max-epochs=9", "--out=here")
    kept = Path("here/initial_weights.npy")
    if damage == "missing":
        kept.unlink()
    elif damage == "damaged":
        kept.write_bytes(kept.read_bytes()[:-8])
    else:
        np.save(kept, np.zeros((5, 9)))
    answer = xorbench("sweep", "--resume=here")
    assert (answer.code, answer.output, len(answer.messages)) == (2, "", 1)
    assert answer.messages[0].startswith("xorbench: here/")
    assert "give the command of the sweep again" in answer.messages[0]


def test_what_is_found_is_told_and_repaired(xorbench: Command) -> None:
    expected = xorbench(*SMALL, "--out=here").output
    xorbench(*SMALL, "--momentum=0.5", "--out=other")
    runs = Path("here/runs")
    whole = [(runs / name).read_bytes() for name in FILES]
    (runs / FILES[0]).write_bytes(whole[0][:-100])
    changed = bytearray(whole[1])
    changed[5000] ^= 1
    (runs / FILES[1]).write_bytes(changed)
    (runs / FILES[2]).write_bytes(Path("other/runs", FILES[2]).read_bytes())
    (runs / "notes.txt").write_text("mine")
    (runs / "folder").mkdir()
    answer = xorbench("sweep", "--resume=here")
    assert (answer.code, answer.output) == (0, expected)
    assert answer.messages[:2] == [
        "xorbench: here: 2 files are in runs/ damaged, and 2,048 runs are trained again:"
        f" {FILES[0]} (it is not a whole parquet file), {FILES[1]} (its checksum is wrong).",
        "xorbench: here: 3 files are in runs/ not of this sweep, and moved to here/set-aside:"
        f" {FILES[2]}, folder, notes.txt.",
    ]
    assert [(runs / name).read_bytes() for name in FILES] == whole
    assert names("here/runs") == FILES
    assert names("here/set-aside") == [FILES[2], "folder", "notes.txt"]
    assert Path("here/set-aside/notes.txt").read_text() == "mine"


def test_runs_that_are_a_link_are_left_alone(xorbench: Command) -> None:
    xorbench(*SMALL, "--out=here")
    Path("here/runs").rename("elsewhere")
    Path("elsewhere/secret").write_text("mine")
    Path("here/runs").symlink_to(Path("elsewhere").absolute())
    for command in (
        ["sweep", "--resume=here"],
        ["verify", "here"],
        [*SMALL, "--out=here", "--force"],
    ):
        answer = xorbench(*command)
        assert (answer.code, answer.messages) == (
            2,
            ["xorbench: out: here/runs is a link; put a folder there, or give another one."],
        )
    assert names("elsewhere") == [*FILES, "secret"]


def test_starting_anew_removes_what_a_sweep_made_and_nothing_else(xorbench: Command) -> None:
    xorbench(*SMALL, "--out=here", "--format=parquet,csv")
    Path("here/thesis.txt").write_text("mine")
    Path("here/runs/notes.txt").write_text("mine")
    answer = xorbench("sweep", "--seeds=0:10", "--learning-rate=9", "--out=here", "--force")
    assert answer.code == 0
    assert answer.messages[:2] == [
        "xorbench: here: removed manifest.json, summary.csv, runs.csv and 3 files in runs/.",
        "xorbench: here: 1 file is in runs/ not of this sweep, and moved to here/set-aside:"
        " notes.txt.",
    ]
    assert names("here") == ["manifest.json", "runs", "set-aside", "summary.csv", "thesis.txt"]
    assert names("here/runs") == [f"{0:015d}-{10:015d}.parquet"]
    assert names("here/set-aside") == ["notes.txt"]
    assert len(read("here")) == 10


def test_a_folder_that_is_none_of_a_sweep_is_not_started_anew(xorbench: Command) -> None:
    Path("here").mkdir()
    Path("here/thesis.txt").write_text("mine")
    assert xorbench(*SMALL, "--out=here", "--force").code == 2
    assert names("here") == ["thesis.txt"]
