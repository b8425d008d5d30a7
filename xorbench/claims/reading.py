"""Claims in experiment files.

Of every kind: `claim`, `measurement`, `kind`, and `source`. Of an *exact* claim: `value`, a text or
a list of texts, to the last printed digit. Of a *statistical* claim: `value` and, where only the
size is meant, `factor`; or `at_least`, `at_most`, or both. Of a *trend*: `order`, which is
"rises", "falls" or "constant".
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xorbench.claims.verdicts import CONTRADICTIONS, Exact, Rule, Statistical, Trend
from xorbench.problems import guess, shown, unknown_word

WORDS = ("claim", "source", "measurement", "kind")

RULES = {
    "exact": ("value",),
    "statistical": ("value", "factor", "at_least", "at_most"),
    "trend": ("order",),
}
"""What else belongs to a claim of each kind."""


@dataclass(frozen=True)
class Claim:
    """Something that can be measured and has been said."""

    name: str
    claim: str
    source: str
    measurement: str
    kind: str
    rule: Rule


def read_claim(
    name: str, given: object, source: str | None, measurements: Mapping[str, object]
) -> tuple[Claim | None, list[str]]:
    """Read one table ``[published.NAME]``; None and the problems if there are any.

    Parameters
    ----------
    name : str
    given : object
        The table.
    source : str or None
        The reference of the experiment.
    measurements : mapping
        The known ones.
    """
    where = f"published.{name}"
    if not isinstance(given, dict):
        return None, [f"{where}: {shown(given)} is not allowed; give a table [{where}]."]
    words = {"source": source} | given
    problems = [
        f"{where}.{word}: {shown(words[word])} is not allowed; give a text."
        if word in words and words[word] is not None
        else f"{where}: {word} is missing; give a text."
        for word in WORDS
        if not isinstance(words.get(word), str)
    ]
    if problems:
        return None, problems
    if words["kind"] not in RULES:
        return None, [
            f"{where}.kind: {shown(words['kind'])} {unknown_word(words['kind'], [*RULES])}"
        ]
    if words["measurement"] not in measurements:
        told = unknown_word(words["measurement"], sorted(measurements))
        problems.append(f"{where}.measurement: {shown(words['measurement'])} {told}")
    allowed = (*WORDS, *RULES[words["kind"]])
    problems += [unknown_key(where, key, allowed) for key in given if key not in allowed]
    try:
        rule = READERS[words["kind"]](given)
    except ValueError as refusal:
        return None, [*problems, f"{where}: {refusal}"]
    if problems:
        return None, problems
    claim, where_from, by, kind = (str(words[word]) for word in WORDS)
    return Claim(name, claim, where_from, by, kind, rule), []


def unknown_key(where: str, key: str, allowed: tuple[str, ...]) -> str:
    """Say that a claim has nothing of this name."""
    meant = guess(key, allowed)
    hint = f"did you mean {meant}?" if meant else f"allowed: {', '.join(allowed)}."
    return f"{where}: {shown(key)} is not a part of such a claim; {hint}"


def read_exact(given: Mapping[str, Any]) -> Rule:
    """Read texts."""
    value = given.get("value")
    printed: list[Any] = value if isinstance(value, list) else [value]
    if not printed or not all(isinstance(text, str) and text for text in printed):
        raise ValueError(f"value: {shown(value)} is not allowed; give a text or a list of texts.")
    return Exact(tuple(printed))


def read_statistical(given: Mapping[str, Any]) -> Rule:
    """Read a number, and perhaps a factor, or bounds."""
    numbers = {key: given[key] for key in RULES["statistical"] if key in given}
    for key, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, int | float) or not finite(number):
            raise ValueError(f"{key}: {shown(number)} is not allowed; give a finite number.")
    match sorted(numbers):
        case ["value"]:
            return Statistical(numbers["value"], numbers["value"])
        case ["factor", "value"]:
            value, factor = numbers["value"], numbers["factor"]
            if factor <= 1 or value <= 0:
                raise ValueError("give a factor above 1, and a value above 0.")
            return Statistical(value, value, factor)
        case ["at_least"] | ["at_most"] | ["at_least", "at_most"]:
            low, high = numbers.get("at_least", -math.inf), numbers.get("at_most", math.inf)
            if low >= high:
                raise ValueError("give an at_least below at_most.")
            return Statistical(low, high)
        case _:
            raise ValueError("give a value, a value and a factor, or at_least, at_most or both.")


def finite(number: float) -> bool:
    """Tell whether a number is finite, also as a float."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False


def read_trend(given: Mapping[str, Any]) -> Rule:
    """Read an order."""
    order = given.get("order")
    if not isinstance(order, str) or order not in CONTRADICTIONS:
        raise ValueError(f"order: {shown(order)} {unknown_word(order, [*CONTRADICTIONS])}")
    return Trend(order)


READERS = {"exact": read_exact, "statistical": read_statistical, "trend": read_trend}
