"""The command line, as a user meets it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from xorbench import cli

SMALL = ["--seeds=0:20", "--learning-rate=2,5", "--max-epochs=3000"]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


Captured = pytest.CaptureFixture[str]


def messages(capsys: Captured, *arguments: str) -> list[str]:
    """Run a command that is to be refused, and give what it says."""
    assert cli.run(list(arguments)) == cli.BAD_USAGE
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.splitlines()
    assert lines
    assert all(line.startswith("xorbench: ") for line in lines)
    return [line.removeprefix("xorbench: ") for line in lines]


@pytest.mark.parametrize("command", [[], ["sweep"], ["train"], ["read"]])
def test_help_loads_nothing_heavy(command: list[str]) -> None:
    script = (
        "import sys\nfrom xorbench import cli\n"
        f"assert cli.run({[*command, '--help']!r}) == 0\n"
        "assert not {'numba', 'pandas', 'numpy', 'pyarrow', 'pydantic'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage: xorbench" in done.stdout


def test_a_sweep_prints_its_summary_and_stores_itself(tmp_path: Path, capsys: Captured) -> None:
    assert cli.run(["sweep", *SMALL, "--out=here", "--format=csv,parquet"]) == 0
    printed = capsys.readouterr()
    assert "learning_rate" in printed.out
    assert "Wilson" in printed.out
    assert "Trained 40 runs" in printed.err
    assert len(pd.read_csv("here/runs.csv")) == len(pd.read_parquet("here/runs")) == 40
    assert {path.name for path in (tmp_path / "here").iterdir()} == {
        "manifest.json",
        "runs",
        "runs.csv",
        "summary.csv",
    }
    assert cli.run(["sweep", *SMALL, "--out=here"]) == 0
    again = capsys.readouterr()
    assert again.out == printed.out
    assert "Trained 0 runs" in again.err
    assert "40 were stored already" in again.err
    assert cli.run(["read", "here"]) == 0
    assert capsys.readouterr().out == printed.out


def test_without_arguments_it_is_the_default_sweep(tmp_path: Path, capsys: Captured) -> None:
    assert cli.run(["sweep", "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "16,000 runs: 16 points of the grid x 1,000 seeds." in printed
    assert f"stored in {Path('results', 'sweep')}." in printed
    assert not list(tmp_path.iterdir())


def test_json_and_quiet(capsys: Captured) -> None:
    assert cli.run(["sweep", *SMALL, "--quiet", "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    content = json.loads(printed.out)
    assert [record["runs"] for record in content["summary"]] == [20, 20]
    assert content["settings"]["seeds"] == "0:20"


def test_options_override_the_file_and_change_the_name(capsys: Captured) -> None:
    Path("mine.toml").write_text(
        'title = "Mine"\nquestion = "Why?"\nseeds = "0:5"\nlearning_rate = 3\nmax_epochs = 9'
    )
    assert cli.run(["sweep", "mine.toml"]) == 0
    assert capsys.readouterr().out.startswith("Mine\nWhy?\n")
    assert len(pd.read_parquet("results/mine/runs")) == 5
    assert cli.run(["sweep", "mine.toml", "--seeds", "0:7", "--quiet"]) == 0
    (other,) = Path("results").glob("mine-*")
    assert len(pd.read_parquet(other / "runs")) == 7


def test_other_settings_in_the_folder_have_their_own_code(capsys: Captured) -> None:
    assert cli.run(["sweep", *SMALL, "--out=here", "--quiet"]) == 0
    capsys.readouterr()
    assert cli.run(["sweep", *SMALL, "--out=here", "--momentum=0.5"]) == cli.OTHER_SETTINGS
    assert "momentum differs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--sedes=3"], "Unknown option: --sedes"),
        (["--learning-rate", "-0.1"], 'learning_rate: "-0.1" is not allowed'),
        (["--learning-rate=inf"], 'learning_rate: "inf" is not allowed'),
        (["--momentum=1"], 'momentum: "1" is not allowed'),
        (["--seeds=10:5"], "is empty or reversed"),
        (["--seeds=4294967296"], "seeds: "),
        (["--update=batchh"], 'did you mean "batch"?'),
        (["--error=msee"], "error: "),
        (["--init=uniform:1,0"], "init: "),
        (["--stop=soon"], "stop: "),
        (["--max-epochs=0"], "max_epochs: "),
        (["--threads=0"], 'threads: "0" is not allowed'),
        (["--threads=x"], "threads: "),
        (["--format=xls"], 'format: "xls" is not known'),
        (["--initial-weights=nothing.csv"], "initial_weights: "),
        (["nothing.toml"], "nothing.toml"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(
    arguments: list[str], sentence: str, tmp_path: Path, capsys: Captured
) -> None:
    (said,) = messages(capsys, "sweep", *arguments)
    assert sentence in said
    assert not list(tmp_path.iterdir())


def test_unknown_options_and_keys_come_with_a_suggestion(capsys: Captured) -> None:
    assert "Did you mean --seeds?" in messages(capsys, "sweep", "--sedes=3")[0]
    Path("file.toml").write_text("learning_rte = 1\nmomentm = 2")
    said = messages(capsys, "sweep", "file.toml")
    assert "did you mean learning_rate?" in said[0]
    assert "did you mean momentum?" in said[1]


def test_all_mistakes_are_told_at_once(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "file.toml").write_text("momentum = 2\nseeds = '5:1'")
    said = messages(
        capsys, "sweep", "file.toml", "--learning-rate=-1", "--threads=0", "--format=xls"
    )
    assert len(said) == 5


def test_a_broken_file_is_told_with_its_line(capsys: Captured) -> None:
    Path("broken.toml").write_text("seeds = 3\nlearning_rate = = 2")
    assert "line 2" in messages(capsys, "sweep", "broken.toml")[0]


@pytest.mark.parametrize(
    "arguments", [["sweep", "--foo", "3", "--bar"], ["sweep", "--learning-rate", "-0.1", "--foo"]]
)
def test_no_command_line_hangs(arguments: list[str], capsys: Captured) -> None:
    assert messages(capsys, *arguments)


def test_folders_that_cannot_be_used_are_refused(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    assert "thesis.txt" in messages(capsys, "sweep", *SMALL, "--out=other")[0]
    assert "cannot be used" in messages(capsys, "sweep", *SMALL, "--out=other/thesis.txt/new")[0]
    assert "not the folder of a sweep" in messages(capsys, "read", "other")[0]
    assert [path.name for path in tmp_path.rglob("*")] == ["other", "thesis.txt"]


def test_read_exports_the_table(capsys: Captured) -> None:
    assert cli.run(["sweep", *SMALL, "--out=here", "--quiet"]) == 0
    for name in ("table.csv", "table.parquet"):
        assert cli.run(["read", "here", "--to", name]) == 0
    assert len(pd.read_csv("table.csv")) == len(pd.read_parquet("table.parquet")) == 40
    capsys.readouterr()
    assert (
        "give a file name in .csv or .parquet"
        in messages(capsys, "read", "here", "--to", "table.xls")[0]
    )


def test_train_is_the_tutorial(tmp_path: Path, capsys: Captured) -> None:
    assert cli.run(["train", "--history=epochs.csv"]) == 0
    printed = capsys.readouterr().out
    assert "Converged after 1,615 epochs" in printed
    assert "h1 is AND, h2 is OR" in printed
    assert len(pd.read_csv(tmp_path / "epochs.csv")) == 1616


def test_explain_prints_the_tutorials_numbers(capsys: Captured) -> None:
    assert cli.run(["train", "--seed", "27", "--explain"]) == 0
    printed = capsys.readouterr().out
    for number in (
        *("0.42572141", "0.60485152", "0.69308541", "0.82261865", "0.84215617", "0.84269835"),
        *("0.85314043", "1.6452373", "0.1459172067", "0.2390061588", "0.2400684312"),
        *("0.1452057555", "0.1663879270", "0.012033", "0.03788282", "1615", "0.879", "0.971"),
    ):
        assert number in printed
    assert "NOT(x1 AND x2) AND (x1 OR x2)" in printed.replace("\n", " ")


def test_as_a_program(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-m", "xorbench", "sweep", "--momentum=2"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
