"""The whole command, with other ways made up: one right, one wrong, one broken, one absent."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.bench.made_up import result, timing, with_timing
from xorbench import cli, peers
from xorbench.bench import session
from xorbench.bench.readme import BEGIN, END
from xorbench.bench.report import record, report
from xorbench.sweeping import sweep

Array = Any


def right(starts: Array, rate: float, threshold: float, epochs: int) -> Array:
    table = sweep(
        initial_weights=starts, learning_rate=rate, stop=f"mse < {threshold}", max_epochs=epochs
    )
    return np.where(table.outcome == "converged", table.epochs, -1)


def wrong(starts: Array, rate: float, threshold: float, epochs: int) -> Array:
    return right(starts, 1.01 * rate, threshold, epochs)


def broken() -> peers.Train:
    raise RuntimeError("no such\nsymbol")


def absent() -> peers.Train:
    raise peers.PeerMissingError("It is not installed.")


MADE_UP = (
    peers.Peer("right", "the same", "one", 64, lambda: right),
    peers.Peer("wrong", "something else", "one", 64, lambda: wrong),
    peers.Peer("broken", "breaks", "one", 64, broken),
    peers.Peer("absent", "is absent", "one", 64, absent),
)


def test_a_quick_benchmark(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(peers, "PEERS", MADE_UP)
    Path("README.md").write_text(f"{BEGIN}\n{END}\n")
    arguments = ["bench", "--quick", "--rounds=1", "--threads=2", "--out=bench.json"]
    assert cli.run(arguments) == 0
    output, messages = capsys.readouterr()
    assert "xorbench: round 1 of 1\nxorbench: wrote bench.json.\n" in messages
    assert "The kernel alone" in output
    assert "Not here\n  broken: no such symbol\n  absent: It is not installed.\n" in output

    stored = json.loads(Path("bench.json").read_text())
    assert set(stored["versions"]) >= {"xorbench", "python", "numpy", "numba", "llvmlite"}
    compared = {rival["label"]: rival["equal"] for rival in stored["rivals"]}
    assert compared["right"] == 64
    assert compared["wrong"] < 64
    assert any("wrong does not do the same training" in text for text in stored["warnings"])
    assert len(stored["timings"]["peer right"]["seconds"]) == 1
    assert 0 < stored["share_of_bound"]["median"] < 1.5
    assert 0.05 <= stored["sweeps"]["sweep"]["censored"] <= 0.5
    assert stored["faster"]["right"]["median"] > 0

    assert cli.run(["bench", "--from=bench.json", "--readme=README.md"]) == 0
    again, messages = capsys.readouterr()
    assert again in output
    assert messages == "xorbench: wrote the performance table of README.md.\n"
    assert "| right: the same | one |" in Path("README.md").read_text()

    assert cli.run(["bench", "--from=bench.json", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == stored


def test_an_interruption_is_heard(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "measure", interrupt)
    assert cli.run(["bench"]) == 130
    assert capsys.readouterr() == ("", "xorbench: interrupted.\n")


def test_the_report_says_what_is_not_available() -> None:
    uncounted = result(epoch={"operations": None, "vector_bits": 256}, rivals=[])
    text = " ".join(report(uncounted).split())
    assert "could not be counted" in text
    assert "Other ways" not in text
    assert "absent: it is not installed." in text
    assert record(uncounted)["share_of_peak"] is None


def test_the_report_marks_what_is_unstable() -> None:
    assert "?" not in report(result()).partition("unstable)")[2]
    slowed = (1.0, 1.0, 1.0, 1.0, 1.1, 1.1, 1.1)
    text = report(with_timing(momentum=timing("batch, momentum", 90e6, slowed=slowed)))
    (line,) = (line for line in text.splitlines() if line.startswith("  batch, momentum"))
    assert " ".join(line.split()) == "batch, momentum 1 90.0 ? 81.8 to 90.0 0.90"
    assert "Warning: Unstable" in text


def test_the_report_compares_with_every_other_way() -> None:
    (line,) = (line for line in report(result()).splitlines() if line.startswith("  crowd"))
    assert " ".join(line.split()) == "crowd all 38.0 38.0 to 38.0 5.00 x 64 of 64"


def test_one_is_not_many() -> None:
    text = report(result(threads=1, usable_threads=1))
    assert "Whole sweeps, 1 thread, " in text
    assert "nothing left to do" not in text
    assert "2 processors, 1 of them usable," in text


def test_the_help_describes_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["bench", "--help"]) == 0
    described = [line for line in capsys.readouterr().out.splitlines() if "│ --" in line]
    assert len(described) == 8
    assert all(len(line.strip("│ ").split("  ", 1)) == 2 for line in described)
