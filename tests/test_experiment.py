from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xorbench.axes import SETTING_NAMES
from xorbench.experiment import Experiment, read_experiment
from xorbench.problems import SettingsError

Refusal = Callable[[bytes], list[str]]

DESIGN = """\
title = "What the learning rate decides"
question = "Does it change only the speed, or also what the hidden units learn?"
seeds = "0:1000"
learning_rate = "log:0.05:50:16"
init = ["uniform:0,1", "uniform:-1,1"]
"""


@pytest.fixture
def refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Refusal:
    monkeypatch.chdir(tmp_path)

    def read(content: bytes) -> list[str]:
        (tmp_path / "rates.toml").write_bytes(content)
        with pytest.raises(SettingsError) as error:
            read_experiment("rates.toml")
        return error.value.problems

    return read


def test_an_experiment(tmp_path: Path) -> None:
    (tmp_path / "rates.toml").write_text(DESIGN)
    assert read_experiment(tmp_path / "rates.toml") == Experiment(
        title="What the learning rate decides",
        question="Does it change only the speed, or also what the hidden units learn?",
        reference=None,
        settings={
            "seeds": "0:1000",
            "learning_rate": "log:0.05:50:16",
            "init": ["uniform:0,1", "uniform:-1,1"],
        },
    )


def test_an_empty_file_is_an_experiment(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_bytes(b"")
    assert read_experiment(str(tmp_path / "empty.toml")) == Experiment(None, None, None, {})


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "rates.toml").write_text("\ufeff" + DESIGN, encoding="utf-8")
    assert read_experiment(tmp_path / "rates.toml").settings["seeds"] == "0:1000"


def test_weights_are_looked_for_beside_the_file(tmp_path: Path) -> None:
    (tmp_path / "starts.toml").write_text('initial_weights = "starts.npy"')
    settings = read_experiment(tmp_path / "starts.toml").settings
    assert settings["initial_weights"] == str(tmp_path / "starts.npy")
    (tmp_path / "starts.toml").write_text('initial_weights = "/elsewhere/starts.npy"')
    settings = read_experiment(tmp_path / "starts.toml").settings
    assert settings["initial_weights"] == "/elsewhere/starts.npy"


def test_values_are_left_to_the_settings(tmp_path: Path) -> None:
    (tmp_path / "rates.toml").write_text("momentum = 7")
    assert read_experiment(tmp_path / "rates.toml").settings == {"momentum": 7}


def test_files_that_cannot_be_read(refusal: Refusal, tmp_path: Path) -> None:
    assert refusal(b"\xff") == [
        "rates.toml: cannot be read: 'utf-8' codec can't decode byte 0xff in position 0:"
        " invalid start byte."
    ]
    with pytest.raises(SettingsError) as error:
        read_experiment("none.toml")
    assert str(error.value) == "none.toml: cannot be read: No such file or directory."
    with pytest.raises(SettingsError) as error:
        read_experiment(tmp_path)
    example = tmp_path / "rates.toml"
    assert str(error.value) == f"{tmp_path}: is a folder; give a TOML file, such as {example}."


def test_the_file_and_the_line_of_a_mistake_are_named(refusal: Refusal) -> None:
    [sentence] = refusal(b"seeds = 5\nlearning_rate 0.1\n")
    assert sentence.startswith("rates.toml: is not TOML: Expected '='")
    assert sentence.endswith("(at line 2, column 15).")


@pytest.mark.parametrize("content", [b"a = " + b"[" * 10**5, b"a = " + b"9" * 10**5])
def test_what_the_toml_parser_gives_up_on(refusal: Refusal, content: bytes) -> None:
    [sentence] = refusal(content)
    assert sentence.startswith("rates.toml: is not TOML: ")


def test_all_unknown_names_are_found(refusal: Refusal) -> None:
    assert refusal(b"learning_rte = 1\ntitel = 'x'\n[settings]\nseeds = 5\n") == [
        "rates.toml: learning_rte is not a setting; did you mean learning_rate?",
        "rates.toml: titel is not a setting; did you mean title?",
        "rates.toml: settings is not a setting; the settings are"
        f" {', '.join(SETTING_NAMES)}, title, question, reference, sweeps, published.",
    ]


def test_words_about_the_experiment_are_texts(refusal: Refusal) -> None:
    assert refusal(b"title = 5\nreference = ['x']\n") == [
        "rates.toml: title: 5 is not allowed; give a text.",
        'rates.toml: reference: ["x"] is not allowed; give a text.',
    ]


def test_further_sweeps_change_the_main_one(tmp_path: Path) -> None:
    (tmp_path / "rates.toml").write_text(
        'seeds = "0:9"\n[sweeps.fast]\nlearning_rate = 9\ninitial_weights = "starts.npy"\n'
        "[published.claim]\nkind = 7\n"
    )
    experiment = read_experiment(tmp_path / "rates.toml")
    assert experiment.settings == {"seeds": "0:9"}
    assert experiment.sweeps == {
        "fast": {
            "seeds": "0:9",
            "learning_rate": 9,
            "initial_weights": str(tmp_path / "starts.npy"),
        }
    }
    assert experiment.published == {"claim": {"kind": 7}}


def test_what_is_wrong_with_further_sweeps(refusal: Refusal) -> None:
    assert refusal(b"[sweeps.one]\ntitle = 'x'\n[sweeps.main]\n") == [
        "rates.toml: sweeps.one: title is not a setting; the settings are"
        f" {', '.join(SETTING_NAMES)}.",
        'rates.toml: sweeps: "main" is not allowed; give a table [sweeps.NAME] of settings,'
        " with a name of letters, digits, - and _, and another than main.",
    ]
    (problem,) = refusal(b"[sweeps.'../../outside']\nseeds = 3\n")
    assert problem.startswith('rates.toml: sweeps: "../../outside" is not allowed; give a table')
    assert refusal(b"sweeps = 1\npublished = 'x'\n") == [
        "rates.toml: sweeps: 1 is not allowed; give tables [sweeps.NAME].",
        'rates.toml: published: "x" is not allowed; give tables [published.NAME].',
    ]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=100)
    | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.text("abseeds =\"'[]{}0123456789.,:-+einfnatrue_\n\r#\\").map(str.encode)
)
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    try:
        assert isinstance(read_experiment(path), Experiment)
        problems = []
    except SettingsError as error:
        problems = error.problems or ["none"]
    assert all(problem.startswith(f"{path}: ") for problem in problems)
