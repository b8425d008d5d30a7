"""The command reproduce, from an experiment file to the ledger."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xorbench import cli, reading, store
from xorbench.claims.estimates import Measured
from xorbench.claims.ledger import read_ledger
from xorbench.claims.registry import MEASUREMENTS
from xorbench.manifest import read_manifest

Command = Callable[..., tuple[int, str, list[str]]]

TINY = """\
title = "Tiny"
seeds = "0:40"
learning_rate = [1, 5]
stop = "mse < 0.2"
max_epochs = 400

[sweeps.more]
learning_rate = 9

[published.gates]
claim = "So many pairs are no pairs of XOR."
source = "this test"
measurement = "tiny.answer"
kind = "exact"
value = "80"

[published.share]
claim = "Nearly all learn."
source = "this test"
measurement = "hundreds.share"
kind = "statistical"
at_least = 101
"""


@pytest.fixture
def reproduce(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Run the command in a folder with two experiments, one of which publishes claims."""
    from xorbench.claims.estimates import share_of

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(
        MEASUREMENTS, "tiny.answer", lambda sweeps: Measured(80, [len(sweeps["main"])])
    )
    monkeypatch.setitem(
        MEASUREMENTS,
        "hundreds.share",
        lambda sweeps: Measured(40, [share_of(sweeps["more"]["outcome"] == "converged")]),
    )
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "tiny.toml").write_text(TINY)
    (tmp_path / "experiments" / "silent.toml").write_text("seeds = 5\n")

    def run(*arguments: str) -> tuple[int, str, list[str]]:
        code = cli.run(["reproduce", *arguments])
        output, messages = capsys.readouterr()
        return code, output, messages.splitlines()

    return run


def change(old: str, new: str) -> None:
    path = Path("experiments", "tiny.toml")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_an_experiment_is_run_and_judged(reproduce: Command) -> None:
    code, output, messages = reproduce()
    assert code == 0
    assert messages == [
        "xorbench: results/tiny: 80 runs, 80 to train.",
        "xorbench: results/tiny-more: 40 runs, 40 to train.",
        "xorbench: wrote results/ledger.md and ledger.csv.",
    ]
    assert output.startswith(
        "tiny: 1 reproduced, 0 with differences, 1 not reproduced\n  gates: reproduced\n    80\n"
        "  share: not reproduced\n    "
    )
    gates, share = read_ledger(Path("results"))
    assert (gates.verdict, gates.measured, gates.published, gates.runs) == (
        "reproduced",
        "80",
        "80",
        80,
    )
    assert (share.verdict, share.published) == ("not reproduced", "at least 101 %")
    assert read_manifest("results/tiny")["title"] == "Tiny"
    assert Path("results/tiny/summary.csv").exists()
    assert len(reading.read("results/tiny-more")) == 40


def test_what_is_stored_is_not_trained_again(reproduce: Command) -> None:
    first = reproduce("tiny")
    before = Path("results/ledger.md").read_bytes(), Path("results/ledger.csv").read_bytes()
    code, output, messages = reproduce("tiny", "--threads=1")
    assert (code, output) == first[:2]
    assert messages[:2] == [
        "xorbench: results/tiny: 80 runs, 0 to train.",
        "xorbench: results/tiny-more: 40 runs, 0 to train.",
    ]
    after = Path("results/ledger.md").read_bytes(), Path("results/ledger.csv").read_bytes()
    assert before == after


def test_sweep_runs_the_main_one_into_the_same_folder(reproduce: Command) -> None:
    assert cli.run(["sweep", "experiments/tiny.toml", "--quiet"]) == 0
    _, _, messages = reproduce()
    assert messages[0] == "xorbench: results/tiny: 80 runs, 0 to train."


def test_quick_takes_a_tenth_of_the_seeds_elsewhere(reproduce: Command) -> None:
    _, _, messages = reproduce("--quick")
    assert messages[0] == "xorbench: results/quick/tiny: 8 runs, 8 to train."
    assert messages[-2] == "xorbench: wrote results/quick/ledger.md and ledger.csv."
    assert not Path("results/ledger.md").exists()
    assert reading.read("results/quick/tiny").seed.unique().tolist() == [0, 1, 2, 3]


def test_quick_takes_a_tenth_of_given_weights(reproduce: Command) -> None:
    import numpy as np

    np.save("experiments/starts.npy", np.ones((11, 9)))
    change('seeds = "0:40"', 'initial_weights = "starts.npy"')
    assert reproduce("--quick")[2][0] == "xorbench: results/quick/tiny: 4 runs, 4 to train."


def test_only_an_exact_claim_that_fails_is_a_failure(reproduce: Command) -> None:
    change('value = "80"', 'value = "81"')
    code, _, messages = reproduce("--out=here")
    assert code == 1
    assert messages[-2:] == [
        "xorbench: wrote here/ledger.md and ledger.csv.",
        "xorbench: tiny: the exact claim gates does not hold.",
    ]


def test_an_interruption_keeps_what_is_stored(
    reproduce: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store, "train_chunks", interrupt)
        code, output, messages = reproduce()
    assert (code, output) == (130, "")
    assert messages[-1] == (
        "xorbench: interrupted; what is trained is stored. Give the same command again to go on"
        " from there."
    )
    assert reproduce()[0] == 0


def test_unknown_names_and_other_mistakes_are_all_told(reproduce: Command) -> None:
    change("max_epochs = 400", "max_epochs = 0")
    change('kind = "exact"', 'kind = "exactly"')
    code, output, messages = reproduce("tiny", "tinny", "silent", "--threads=0")
    assert (code, output) == (2, "")
    assert messages == [
        'xorbench: experiment: "tinny" is not known; did you mean "tiny"? Allowed: silent, tiny.',
        "xorbench: experiments/silent.toml: has no claims; add a table [published.NAME].",
        'xorbench: experiments/tiny.toml: published.gates.kind: "exactly" is not known; did you'
        ' mean "exact"? Allowed: exact, statistical, trend.',
        "xorbench: experiments/tiny.toml: max_epochs: 0 is not allowed; give whole numbers from 1"
        " to 1,000,000,000,000.",
        "xorbench: experiments/tiny.toml: max_epochs: 0 is not allowed; give whole numbers from 1"
        " to 1,000,000,000,000.",
        'xorbench: threads: "0" is not allowed; give a whole number from 1 to 1024.',
    ]


def test_a_measurement_of_another_kind_is_refused(reproduce: Command) -> None:
    change('kind = "statistical"\nat_least = 101', 'kind = "exact"\nvalue = "5"')
    code, _, messages = reproduce()
    assert code == 2
    assert messages[-1] == (
        "xorbench: experiments/tiny.toml: published.share: hundreds.share gives 1 estimates, which"
        " do not fit what is published; give another kind or other values."
    )


def test_results_of_other_settings_are_refused_before_anything_is_trained(
    reproduce: Command,
) -> None:
    reproduce()
    change("learning_rate = 9", "learning_rate = 10")
    change('seeds = "0:40"', 'seeds = "0:40" # as before')
    code, output, messages = reproduce()
    assert (code, output) == (4, "")
    assert messages == [
        "xorbench: The folder results/tiny-more holds the results of other settings:",
        "  learning_rate: 9.0 there, 10.0 here",
        "Give another folder with --out, or --force to sweep, which removes what is stored.",
    ]


def test_without_experiments_it_says_where_they_are(
    reproduce: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    code, _, messages = reproduce()
    assert code == 2
    assert messages == [
        "xorbench: There is no folder experiments with experiment files here; go to a clone of"
        " xorbench."
    ]
