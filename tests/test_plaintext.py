"""Plain text: what is written can be read back, and fits."""

import doctest

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xorbench import plaintext
from xorbench.plaintext import number, numbers, paragraph, table


@given(st.floats(allow_nan=False), st.integers(0, 10))
@example(-12345.6, 10)
def test_a_number_is_short_and_as_exact_as_its_digits(value: float, decimals: int) -> None:
    written = number(value, decimals)
    assert len(written) <= 16
    assert float(written) == pytest.approx(value, rel=1e-7, abs=0.51 * 10**-decimals)
    assert not written.startswith("-0." + decimals * "0") or float(written) != 0


def test_what_is_no_finite_number_is_still_written() -> None:
    assert numbers([float("inf"), float("-inf"), float("nan")], 3) == ["inf", "-inf", "nan"]


def test_zero_has_no_sign() -> None:
    assert numbers([-0.0, -1e-9, -0.4], 0) == ["0", "0", "0"]


def test_columns_are_aligned_on_the_right() -> None:
    lines = table({"t": ["1", "-10", "0"], "heading": ["a", "b c", "d"]}).splitlines()
    assert lines == ["    t  heading", "    1        a", "  -10      b c", "    0        d"]


@given(st.lists(st.text("ab-", min_size=1, max_size=20)))
@example(["abc"] * 50)
@example(["left-right"] * 20)
def test_a_paragraph_keeps_its_words_in_short_lines(words: list[str]) -> None:
    written = paragraph("\n   ".join(words))
    assert written.split() == words
    assert all(len(line) <= 78 for line in written.splitlines())


def test_the_examples_run() -> None:
    assert doctest.testmod(plaintext).failed == 0
