"""What is wrong with given settings, in sentences that say what to give instead."""

import difflib
import reprlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any


class SettingsError(ValueError):
    """Settings that cannot be used, with every problem found.

    Parameters
    ----------
    problems
        One clear sentence for each problem.

    Examples
    --------
    >>> print(SettingsError(["The first problem.", "The second problem."]))
    The first problem.
    The second problem.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


def refuse(problems: Sequence[str]) -> None:
    """Raise a SettingsError if there are problems."""
    if problems:
        raise SettingsError(problems)


def all_of(*steps: Callable[[], Any]) -> list[Any]:
    """Take every step, whatever is wrong with the others; refuse with the problems of all.

    Examples
    --------
    >>> all_of(lambda: 27, lambda: refuse([]))
    [27, None]
    >>> all_of(lambda: refuse(["One."]), lambda: refuse(["Another."]))
    Traceback (most recent call last):
    xorbench.problems.SettingsError: One.
    Another.
    """
    results: list[Any] = []
    problems: list[str] = []
    for step in steps:
        try:
            results.append(step())
        except SettingsError as refusal:
            problems += refusal.problems
    refuse(problems)
    return results


class OtherSettingsError(ValueError):
    """A folder holds results of other settings, or of another version of the kernel."""


class PartialError(RuntimeError):
    """A sweep could not be finished; what is stored of it is kept, and it may be resumed."""


def shortened(text: str, most: int = 60) -> str:
    r"""Make a text fit for one line of a message: no line breaks, not too long.

    Examples
    --------
    >>> print(shortened("one\ntwo"))
    one\ntwo
    >>> print(shortened("123456789", most=7))
    1234...
    """
    start = text[: most + 1]
    line = "".join(char if char.isprintable() else repr(char)[1:-1] for char in start)
    return line if len(line) <= most else line[: most - 3] + "..."


class _ValueRepr(reprlib.Repr):
    """Values as messages show them: short, texts in double quotes."""

    def __init__(self) -> None:
        super().__init__()
        self.maxother = 60

    def repr_str(self, x: str, level: int) -> str:
        return f'"{shortened(x)}"'

    def repr_int(self, x: int, level: int) -> str:
        # Python refuses to write out whole numbers of more than a few thousand digits.
        return repr(x) if x.bit_length() < 200 else f"a whole number of {x.bit_length()} bits"


def shown(value: object) -> str:
    """Write a value of any kind and size as a message shows it.

    Examples
    --------
    >>> print(shown("batchh"), shown(-0.1), shown(list(range(1000))))
    "batchh" -0.1 [0, 1, 2, 3, 4, 5, ...]
    """
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()  # of a number of NumPy's
    text = _ValueRepr().repr(value)
    return text if isinstance(value, str) else shortened(text)


def guess(word: str, known: Sequence[str]) -> str | None:
    """Find the known word that a misspelt one was probably meant to be.

    Examples
    --------
    >>> guess("Batchh", ["batch", "online"]), guess("and", ["AND", "OR"])
    ('batch', 'AND')
    """
    lowered = {one.lower(): one for one in known}
    matches = difflib.get_close_matches(word.lower(), lowered, n=1)
    return lowered[matches[0]] if matches else None


def unknown_word(word: object, known: Sequence[str]) -> str:
    """Say what may be written instead of an unknown word: the end of a sentence.

    Examples
    --------
    >>> unknown_word("batchh", ["batch", "online"])
    'is not known; did you mean "batch"? Allowed: batch, online.'
    >>> unknown_word("x", ["batch", "online"])
    'is not known; allowed: batch, online.'
    """
    meant = guess(word, known) if isinstance(word, str) else None
    allowed = ", ".join(known)
    if meant is None:
        return f"is not known; allowed: {allowed}."
    return f'is not known; did you mean "{meant}"? Allowed: {allowed}.'
