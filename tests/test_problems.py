import pickle
from typing import Any

import numpy as np
import pytest

from xorbench.problems import SettingsError, guess, shortened, shown, unknown_word


def test_an_error_prints_one_sentence_a_line() -> None:
    error = SettingsError(["First.", "Second."])
    assert error.problems == ["First.", "Second."]
    assert str(error) == "First.\nSecond."
    assert isinstance(error, ValueError)


def test_an_error_survives_the_way_between_processes() -> None:
    copy = pickle.loads(pickle.dumps(SettingsError(["First.", "Second."])))
    assert copy.problems == ["First.", "Second."]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("batchh", '"batchh"'),
        ("two\nlines", r'"two\nlines"'),
        ("é\ud800", r'"é\ud800"'),
        ("x" * 1000, '"' + "x" * 57 + '..."'),
        (-0.1, "-0.1"),
        (np.float64(0.1), "0.1"),
        (True, "True"),
        (2**5000, "a whole number of 5001 bits"),
        ([2**5000], "[a whole number of 5001 bits]"),
        (["a", None], '["a", None]'),
        ({"a": 1}, '{"a": 1}'),
        (range(5, 2), "range(5, 2)"),
    ],
)
def test_shown(value: Any, text: Any) -> None:
    assert shown(value) == text


@pytest.mark.parametrize("value", [np.zeros((50, 50)), [[["x" * 99] * 99] * 99], object(), {1: 2}])
def test_shown_is_one_short_line(value: Any) -> None:
    assert len(shown(value)) <= 60
    assert shown(value).isprintable()


def test_numbers_that_python_does_not_write_out_are_shown() -> None:
    assert shown(10**5000) == "a whole number of 16610 bits"


def test_shortened_cuts_only_what_is_too_long() -> None:
    assert shortened("x" * 60) == "x" * 60
    assert shortened("x" * 61) == "x" * 57 + "..."


def test_a_guess_needs_some_likeness() -> None:
    assert guess("ONLINE", ("batch", "online")) == "online"
    assert guess("zzz", ("batch", "online")) is None
    assert guess("online" * 10**6, ("batch", "online")) is None


def test_only_texts_can_be_misspelt() -> None:
    assert unknown_word(5, ("batch",)) == "is not known; allowed: batch."
    assert unknown_word("batchh", ("batch",)) == (
        'is not known; did you mean "batch"? Allowed: batch.'
    )
