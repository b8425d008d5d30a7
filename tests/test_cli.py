"""The command line: what it prints where, what it writes, and how it refuses."""

import errno
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import Command
from xorbench import cli, reading, store, table, training
from xorbench.manifest import read_manifest, stored_columns
from xorbench.settings import make_settings

SMALL = ("sweep", "--seeds=0:40", "--learning-rate=1,5", "--stop=mse < 0.2", "--max-epochs=400")


def files() -> list[str]:
    """List what there is below the present folder."""
    return sorted(path.as_posix() for path in Path().rglob("*") if path.is_file())


# Help.

FOR_HELP = """
import sys
from xorbench.cli import run
code = run(sys.argv[1:])
heavy = {"numba", "numpy", "pandas", "pyarrow", "pydantic"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else code)
"""


@pytest.mark.parametrize(
    "command",
    ["", "sweep", "plan", "train", "read", "verify", "report", "map", "reproduce", "bench"],
)
def test_help_is_light(command: str) -> None:
    arguments = [*command.split(), "--help"]
    helped = subprocess.run(
        [sys.executable, "-W", "error", "-c", FOR_HELP, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (helped.returncode, helped.stderr) == (0, "")
    assert f"Usage: xorbench {command}".rstrip() in helped.stdout


def test_without_a_command_it_prints_help(xorbench: Command) -> None:
    answer = xorbench()
    assert (answer.code, answer.messages) == (0, [])
    assert all(
        f" {command} " in answer.output
        for command in ("sweep", "train", "read", "report", "reproduce")
    )


def test_the_help_of_sweep_names_every_setting(xorbench: Command) -> None:
    from xorbench.settings import SETTING_NAMES

    output = xorbench("sweep", "--help").output
    for name in (*SETTING_NAMES, "out", "format", "threads", "quiet", "json"):
        assert f"--{name.replace('_', '-')}" in output


@pytest.mark.parametrize(
    ("command", "defaults"),
    [
        ("sweep", ["log:0.05:50:16", "batch (default)", "A list: 0,1;0.1,0.9.", "100000"]),
        ("train", ["Default 0.6.", "online (default)", "100000"]),
        ("map", ["Default 0.5.", "batch (default)", "Default 5000."]),
    ],
)
def test_the_help_of_a_command_has_its_own_defaults(
    xorbench: Command, command: str, defaults: list[str]
) -> None:
    told = " ".join(xorbench(command, "--help").output.replace("│", " ").split())
    assert [text for text in defaults if text not in told] == []
    assert ("A list:" in told) == (command == "sweep")
    assert "of a map" not in told


# Sweeps.


def test_the_default_sweep_has_16_000_runs(xorbench: Command) -> None:
    answer = xorbench("plan")
    assert (answer.code, answer.messages) == (0, [])
    assert answer.output.startswith("16,000 runs: 16 points of the grid x 1,000 seeds.\n")
    assert "learning_rate: [0.05, " in answer.output
    assert ", 50.0]\n" in answer.output
    assert answer.output.endswith("Nothing was written.\n")
    assert files() == []


def test_a_plan_tells_further_sweeps_too(xorbench: Command) -> None:
    Path("rates.toml").write_text(EXPERIMENT + "[sweeps.longer]\nmax_epochs = 500\n")
    planned = json.loads(xorbench("plan", "rates.toml", "--threads=1", "--json").output)
    assert [(name, plan["rows"]) for name, plan in planned.items()] == [
        ("main", 80),
        ("longer", 80),
    ]
    assert files() == ["rates.toml"]
    wrong = xorbench("plan", "rates.toml", "--momentum=2", "--threads=0")
    assert (wrong.code, wrong.output, len(wrong.messages)) == (2, "", 2)


def test_the_summary_is_output_and_all_else_are_messages(xorbench: Command) -> None:
    answer = xorbench(*SMALL, "--out=here")
    runs = reading.read("here")
    epochs = runs.epochs.sum()
    share = 100 * (runs.outcome == "converged")[:40].mean()
    assert answer.code == 0
    assert answer.output.splitlines()[2].startswith(f"{1:>15}{40:>6}{share:9.1f} % (")
    assert len(answer.messages) == 2
    assert answer.messages[0].startswith(f"Trained 80 runs, {epochs:,} network-epochs, in ")
    assert answer.messages[1] == "Results: here"
    assert files() == ["here/manifest.json", f"here/{chunk(80)}", "here/summary.csv"]


def chunk(rows: int) -> str:
    return f"runs/{0:015d}-{rows:015d}.parquet"


def test_given_again_it_trains_nothing_and_prints_the_same(xorbench: Command) -> None:
    first = xorbench(*SMALL, "--out=here")
    second = xorbench(*SMALL, "--out=here")
    assert second.output == first.output
    assert second.messages[0].startswith("Trained 0 runs, 0 network-epochs")
    assert second.messages[0].endswith("80 were stored already.")


def test_quiet_is_quiet(xorbench: Command) -> None:
    answer = xorbench(*SMALL, "--quiet")
    assert (answer.code, answer.messages) == (0, [])
    assert "95 % interval" in answer.output


def test_json_is_the_manifest_and_the_summary(xorbench: Command) -> None:
    answer = xorbench(*SMALL, "--json", "--out=here")
    content = json.loads(answer.output)
    summary = content.pop("summary")
    assert content == json.loads(Path("here/manifest.json").read_text())
    assert [row["learning_rate"] for row in summary] == [1, 5]
    assert [row["runs"] for row in summary] == [40, 40]
    assert len(answer.messages) == 2


@pytest.mark.parametrize(
    ("formats", "kept"),
    [
        ("parquet", [chunk(80)]),
        ("csv", ["runs.csv"]),
        ("csv,parquet", [chunk(80), "runs.csv"]),
        ("parquet, csv", [chunk(80), "runs.csv"]),
    ],
)
def test_formats(xorbench: Command, formats: str, kept: list[str]) -> None:
    expected = xorbench(*SMALL, "--out=other").output
    assert xorbench(*SMALL, "--out=here", "--format", formats).output == expected
    found = [name for name in files() if name.startswith("here/")]
    always = ["manifest.json", "summary.csv"]
    assert found == sorted(f"here/{name}" for name in [*always, *kept])
    pd.testing.assert_frame_equal(reading.read("here"), reading.read("other"), check_exact=True)


EXPERIMENT = """\
title = "Two rates"
question = "Which is faster?"
seeds = "0:40"
learning_rate = [1, 5]
stop = "mse < 0.2"
max_epochs = 400
"""


def test_an_experiment_file(xorbench: Command) -> None:
    Path("rates.toml").write_text(EXPERIMENT)
    expected = xorbench(*SMALL, "--out=here").output
    answer = xorbench("sweep", "rates.toml")
    assert answer.output == f"Two rates\nWhich is faster?\n{expected}"
    assert answer.messages[1] == "Results: results/rates"
    manifest = read_manifest("results/rates")
    assert (manifest["name"], manifest["title"]) == ("rates", "Two rates")


@pytest.mark.parametrize(
    ("folder", "by"),
    [
        ("experiments", ": python -m xorbench reproduce rates"),
        ("mine", " reproduce, which looks for files with claims in experiments/."),
    ],
)
def test_further_sweeps_are_left_to_reproduce(xorbench: Command, folder: str, by: str) -> None:
    file = Path(folder, "rates.toml")
    file.parent.mkdir()
    file.write_text(f"{EXPERIMENT}[sweeps.longer]\nmax_epochs = 500\n[sweeps.wide]\nseeds = 9\n")
    further = f"xorbench: {file}: this is its main sweep; the further ones, longer, wide, are"
    assert xorbench("sweep", file).messages[0] == f"{further} trained by{by}"
    assert xorbench("sweep", file, "--quiet").messages == []


def test_options_override_the_experiment_file(xorbench: Command) -> None:
    Path("rates.toml").write_text(EXPERIMENT)
    answer = xorbench("sweep", "rates.toml", "--learning-rate=5,9", "--no-weights", "--threads=1")
    settings = make_settings(
        seeds="0:40", learning_rate="5,9", stop="mse<0.2", max_epochs=400, weights=False
    )
    folder = f"results/rates-{settings.fingerprint[:8]}"
    assert answer.messages[1] == f"Results: {folder}"
    assert read_manifest(folder)["settings"] == settings.as_dict()
    assert "w1" not in reading.read(folder)


def test_settings_without_a_file_have_a_folder_of_their_own(xorbench: Command) -> None:
    answer = xorbench(*SMALL)
    settings = make_settings(seeds="0:40", learning_rate="1,5", stop="mse < 0.2", max_epochs=400)
    assert answer.messages[1] == f"Results: results/sweep-{settings.fingerprint[:8]}"


def test_weights_from_a_file_are_an_input_too(xorbench: Command) -> None:
    np.save("starts.npy", np.eye(9))
    answer = xorbench("sweep", "--initial-weights=starts.npy", "--learning-rate=1", "--out=here")
    assert answer.code == 0
    assert reading.read("here").seed.tolist() == list(range(9))


# One run.

TUTORIAL = [
    *("0.60485152", "0.69308541"),  # h1 and h2 for 00
    *("0.82261865", "0.84215617", "0.84269835", "0.85314043"),  # y
    *("1.6452373", "0.145917", "0.239006"),  # factors of the chain rule
    *("0.012033", "0.0378828", "0.2400684", "0.1452057", "0.1663879"),  # gradients
    *("0.001", "0.093", "0.094", "0.879"),  # h1, trained
    *("0.065", "0.969", "0.971"),  # h2, trained
    *("1615", "NOT(x1 AND x2) AND (x1 OR x2)"),
]


def test_the_tutorials_network_is_the_default(xorbench: Command) -> None:
    answer = xorbench("train")
    assert (answer.code, answer.messages) == (0, [])
    assert answer.output.startswith(
        "Seed 27, learning rate 0.6, update online.\nConverged after 1,615 epochs (mse < 0.001).\n"
    )
    assert "h1 is AND, h2 is OR, y is NOT h1 AND h2." in answer.output
    assert files() == []


def test_the_explanation_has_the_numbers_of_the_tutorial(xorbench: Command) -> None:
    answer = xorbench("train", "--seed", "27", "--explain")
    assert (answer.code, answer.messages) == (0, [])
    flowing = " ".join(answer.output.replace(",", "").split())
    assert [number for number in TUTORIAL if number not in flowing] == []


def test_the_history_is_written_in_full(xorbench: Command) -> None:
    answer = xorbench("train", "--seed=3", "--max-epochs=50", "--update=batch", "--history=h.csv")
    assert answer.messages == ["xorbench: wrote h.csv."]
    run = training.train(seed=3, learning_rate=0.6, max_epochs=50)
    lines = Path("h.csv").read_text().splitlines()
    assert lines[0].split(",") == list(run.history)
    rows = [[float(number) for number in line.split(",")] for line in lines[1:]]
    assert rows == run.history.to_numpy().tolist()


def test_a_run_from_given_weights(xorbench: Command) -> None:
    Path("start.csv").write_text("1,2,3,4,5,6,7,8,9\n")
    answer = xorbench("train", "--initial-weights=start.csv", "--learning-rate=0", "--explain")
    assert answer.code == 0
    assert "27" not in answer.output.partition("forward")[0]


# Stored sweeps.


def test_a_stored_sweep_is_summarised_again(xorbench: Command) -> None:
    printed = xorbench(*SMALL, "--out=here").output
    again = xorbench("read", "here")
    assert (again.code, again.output, again.messages) == (0, printed, [])
    rows = json.loads(xorbench("read", "here", "--json").output)["summary"]
    assert [row["runs"] for row in rows] == [40, 40]


def test_a_stored_sweep_is_exported(xorbench: Command) -> None:
    xorbench(*SMALL, "--out=here")
    for name in ("runs.csv", "runs.parquet"):
        answer = xorbench("read", "here", "--to", name)
        assert (answer.code, answer.output) == (0, "")
        assert answer.messages == [f"xorbench: wrote 80 runs to {name}."]
    columns = stored_columns(read_manifest("here"))
    expected = reading.read("here")
    for exported in (
        table.read_csv(Path("runs.csv"), columns),
        table.read_parquet(Path("runs.parquet"), columns),
    ):
        pd.testing.assert_frame_equal(exported, expected, check_exact=True)


def test_some_runs_of_a_stored_sweep(xorbench: Command) -> None:
    xorbench(*SMALL, "--out=here")
    runs = reading.read("here")
    some = runs[(runs.learning_rate > 1) & (runs.outcome == "converged")]
    where = "--where=learning_rate > 1 and outcome = 'converged'"
    summary = json.loads(xorbench("read", "here", where, "--json").output)["summary"]
    assert [(row["learning_rate"], row["runs"]) for row in summary] == [(5, len(some))]
    printed = xorbench("read", "here", where, "--columns=seed,epochs")
    lines = [
        "seed,epochs",
        *(f"{seed},{n}" for seed, n in zip(some.seed, some.epochs, strict=True)),
    ]
    assert (printed.output.splitlines(), printed.messages) == (lines, [])
    answer = xorbench("read", "here", where, "--columns=seed,epochs", "--to=some.csv")
    assert answer.messages == [f"xorbench: wrote {len(some)} runs to some.csv."]
    assert Path("some.csv").read_text() == printed.output
    assert xorbench("read", "here", "--where=seed < 0").output == "No run matches.\n"
    wrong = xorbench("read", "here", "--where=1; DROP TABLE runs", "--columns=sed")
    assert (wrong.code, wrong.output, len(wrong.messages)) == (2, "", 2)


def test_a_number_that_the_summary_rounds_is_told_in_full(xorbench: Command) -> None:
    xorbench("sweep", "--seeds=0:4", "--learning-rate=log:1:2:4", "--max-epochs=9", "--out=here")
    second = reading.read("here").learning_rate[4]
    nearest = f"xorbench: where: no learning_rate is 1.26; the nearest is {second}."
    for where in ("learning_rate = 1.26", "1.26 != learning_rate", "learning_rate in (1, 1.26)"):
        assert xorbench("read", "here", f"--where={where}").messages == [nearest]
    for where in (f"learning_rate = {second}", "learning_rate > 1.26", "epochs = 1.26"):
        assert xorbench("read", "here", f"--where={where}").messages == []


def test_a_damaged_file_is_told_in_a_sentence(xorbench: Command) -> None:
    xorbench(*SMALL, "--out=here")
    Path("here", chunk(80)).write_bytes(b"PAR1" + b"x" * 100 + b"PAR1")
    for more in ([], ["--columns=seed"], ["--to=runs.csv"]):
        answer = xorbench("read", "here", *more)
        assert (answer.code, answer.output, len(answer.messages)) == (2, "", 1)
        assert answer.messages[0].startswith("xorbench: the runs cannot be read: ")
    assert not Path("runs.csv").exists()


def test_a_sweep_that_is_not_complete_is_not_read(xorbench: Command) -> None:
    xorbench(*SMALL, "--out=here")
    Path("here", chunk(80)).unlink()
    answer = xorbench("read", "here")
    assert (answer.code, answer.output) == (2, "")
    assert answer.messages == [
        "xorbench: here has 0 of 1 files of runs; python -m xorbench sweep --resume here makes the"
        " others."
    ]


# What is refused.

TRANSCRIPT = Path(__file__).with_name("refused.txt").read_text("utf-8")
"""What is refused, and with which sentences: one for each mistake."""


@pytest.fixture
def surroundings(xorbench: Command) -> list[str]:
    """Put files there that should not be touched."""
    Path("taken").mkdir()
    Path("taken/thesis.txt").write_text("mine")
    Path("thesis.txt").write_text("mine")
    Path("syntax.toml").write_text("seeds = 5\nlearning_rate 0.1\n")
    Path("wrong.toml").write_text('learning_rte = 1\nmomentum = 7\ntitel = "x"\n')
    Path("slice.toml").write_text('x = "w1"\ny = "w2"\nsize = 16\nseed = 3\n')
    Path("experiments").mkdir()
    Path("experiments/rates.toml").write_text(f"{EXPERIMENT}[sweeps.longer]\nmax_epochs = 500\n")
    Path("drawn").mkdir()
    Path("drawn/manifest.json").write_text('{"name": "drawn", "map": {"x": "w1"}, "rows": 256}')
    np.save("nan.npy", np.full((2, 9), np.nan))
    np.save("eight.npy", np.ones((2, 8)))
    return files()


@pytest.mark.parametrize("refusal", TRANSCRIPT.split("\n\n"), ids=lambda text: text.splitlines()[0])
def test_bad_input_is_refused_and_nothing_is_written(
    xorbench: Command, surroundings: list[str], refusal: str
) -> None:
    command, *sentences = refusal.splitlines()
    answer = xorbench(*shlex.split(command.removeprefix("$ xorbench ")))
    assert answer.messages == sentences
    assert (answer.code, answer.output) == (2, "")
    assert files() == surroundings


def test_what_cannot_be_explained_is_refused_before_it_is_trained(
    xorbench: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "train_settings", pytest.fail)
    answer = xorbench("train", "--explain", "--activation=relu")
    assert (answer.code, answer.output) == (2, "")
    assert answer.messages == [
        "xorbench: explain: activation relu cannot be explained; give sigmoid."
    ]


def test_results_of_other_settings_are_refused(xorbench: Command) -> None:
    xorbench(*SMALL, "--out=here")
    before = {name: Path(name).read_bytes() for name in files()}
    answer = xorbench(*SMALL, "--momentum=0.5", "--out=here")
    assert (answer.code, answer.output) == (4, "")
    assert answer.messages == [
        "xorbench: The folder here holds the results of other settings:",
        "  momentum: 0.0 there, 0.5 here",
        "Give another folder with --out, or --force to sweep, which removes what is stored.",
    ]
    assert {name: Path(name).read_bytes() for name in files()} == before


# What goes wrong later.


def test_a_full_disk_is_told_in_a_sentence(
    xorbench: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    answer = xorbench(*SMALL, "--out=here")
    assert (answer.code, answer.output) == (2, "")
    assert answer.messages == [
        "xorbench: out: here cannot be used (no space left on device); give another folder."
    ]
    assert files() == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a place that is always full")
def test_a_file_that_cannot_be_finished_is_told_in_a_sentence(xorbench: Command) -> None:
    Path("epochs.csv").symlink_to("/dev/full")
    answer = xorbench("train", "--history=epochs.csv")
    assert answer.code == 3
    full = "xorbench: not all could be written: no space left on device."
    assert answer.messages == [full]
    with Path("/dev/full").open("w") as output:
        printed = subprocess.run(
            [sys.executable, "-m", "xorbench", "train"],
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
        )
    assert (printed.returncode, printed.stderr) == (3, f"{full}\n")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("train",), "xorbench: interrupted."),
        (("read", "here"), "xorbench: interrupted."),
        (
            (*SMALL, "--out=here"),
            "xorbench: interrupted; 0 of 80 runs are stored in here. Go on with:"
            " python -m xorbench sweep --resume here",
        ),
    ],
)
def test_an_interruption_is_told_in_a_sentence(
    xorbench: Command, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], message: str
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "train_settings", interrupt)
    monkeypatch.setattr(store, "train_chunks", interrupt)
    monkeypatch.setattr(reading, "runs_of", interrupt)
    answer = xorbench(*command)
    assert (answer.code, answer.output, answer.messages) == (130, "", [message])


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "xorbench", "train", "--explain"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_the_module_is_the_command(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "xorbench", "train", "--momentum=1"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
    )
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"$ xorbench train --momentum 1\n{refused.stderr}\n" in TRANSCRIPT
