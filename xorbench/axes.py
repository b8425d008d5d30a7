"""Which settings there are, and how the values of each are listed.

A setting is given as one value, as a list, or as a text that holds several values. An
:class:`Axis` turns all of these into one tuple of different values.
"""

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from xorbench.notation import (
    MOST_VALUES,
    as_number,
    as_whole,
    is_spacing,
    parse_init,
    parse_spacing,
    parse_stop,
    parse_targets,
)
from xorbench.problems import SettingsError, guess, shortened, shown, unknown_word

Value = TypeVar("Value")

LAST_SEED = 2**32 - 1
"""The largest seed of NumPy's RandomState."""

MOST_PROBLEMS = 5
"""How many refused values of one setting get a sentence of their own."""


@dataclass(frozen=True)
class Axis(Generic[Value]):
    """How the values of one setting are read.

    Parameters
    ----------
    read
        Turns one part (an element of a list, or the text between two separators) into the values
        that it stands for, or raises a ``ValueError`` with the end of a sentence.
    separator
        Regular expression for what stands between the values in a text.

    Examples
    --------
    >>> axis = numbers(lambda number: number > 0, "give numbers above 0")
    >>> axis.values("learning_rate", ["0.1, 0.2", 0.5, "log:1:100:3"])
    (0.1, 0.2, 0.5, 1.0, 10.0, 100.0)
    >>> axis.values("learning_rate", [0.1, -0.1])
    Traceback (most recent call last):
    xorbench.problems.SettingsError: learning_rate: -0.1 is not allowed; give numbers above 0.
    """

    read: Callable[[object], Sequence[Value]]
    separator: str = ","

    def values(self, name: str, given: object) -> tuple[Value, ...]:
        """Read all values given for the setting called ``name``."""
        return different(name, self.groups(name, given))

    def groups(self, name: str, given: object) -> Iterator[Sequence[Value]]:
        """Read the values of each part by itself; at the end, refuse what could not be read."""
        parts = self.parts(name, given)
        problems: list[str] = []
        for number, part in enumerate(parts, start=1):
            try:
                group = self.read(part)
            except ValueError as refusal:
                problems.append(f"{name}: {shown(part)} {refusal}")
                if len(problems) == MOST_PROBLEMS and number < len(parts):
                    problems.append(f"{name}: the values after these were not looked at.")
                    break
            else:
                yield group
        if problems:
            raise SettingsError(list(dict.fromkeys(problems)))

    def parts(self, name: str, given: object) -> list[object]:
        """Take lists and texts apart."""
        parts: list[object] = []
        for item in items(given):
            parts += split(item, self.separator) if isinstance(item, str) else [item]
            if len(parts) > MOST_VALUES:
                raise too_many(name)
        if not parts:
            raise SettingsError([f"{name}: {shown(given)} is empty; give at least one value."])
        return parts


def items(given: object) -> Sequence[object]:
    """Take a list, tuple, range or array apart; anything else is a single item.

    At most one item more than is allowed is taken, so that no list is too long to be refused.
    """
    if hasattr(given, "__array__"):
        array = np.asarray(given)
        given = array[: MOST_VALUES + 1].tolist() if array.ndim else array.item()
    if isinstance(given, list | tuple | range):
        return given[: MOST_VALUES + 1]
    return [given]


def split(text: str, separator: str) -> list[str]:
    """Split a text at its separators, without the blanks around them."""
    return [part.strip() for part in re.split(separator, text, maxsplit=MOST_VALUES)]


def too_many(name: str) -> SettingsError:
    """Say that a list is too long."""
    advice = "give one range, such as 0:1000000, or fewer" if name == "seeds" else "give fewer"
    return SettingsError([f"{name}: more than {MOST_VALUES:,} values are listed; {advice}."])


def different(name: str, groups: Iterable[Sequence[Value]]) -> tuple[Value, ...]:
    """Join groups of values into a tuple, refusing too many and repeated ones."""
    values = tuple(itertools.islice(itertools.chain.from_iterable(groups), MOST_VALUES + 1))
    if len(values) > MOST_VALUES:
        raise too_many(name)
    seen: set[Value] = set()
    for value in values:
        if value in seen:
            # Rows with the same settings could not be told apart.
            text = value if isinstance(value, int | float) else f'"{value}"'
            raise SettingsError([f"{name}: {text} is given more than once; give it once."])
        seen.add(value)
    return values


def numbers(accepts: Callable[[float], bool], allowed: str) -> Axis[float]:
    """Describe an axis of numbers; ``allowed`` says which, as the end of a sentence."""

    def read(part: object) -> Sequence[float]:
        values = parse_spacing(part) if is_spacing(part) else (as_number(part),)
        if not all(map(accepts, values)):
            raise ValueError(f"is not allowed; {allowed}.")
        return values

    return Axis(read)


def whole_numbers(first: int, last: int) -> Axis[int]:
    """Describe an axis of whole numbers from ``first`` to ``last``.

    Logarithmic spacings are rounded.

    Examples
    --------
    >>> whole_numbers(1, 1000).values("max_epochs", "log:10:1000:4")
    (10, 46, 215, 1000)
    """

    def read(part: object) -> Sequence[int]:
        parts: Sequence[object] = (part,)
        if is_spacing(part):
            spaced = parse_spacing(part)
            parts = tuple(map(round, spaced)) if part.startswith("log") else spaced
        values = [whole for whole in map(as_whole, parts) if whole is not None]
        if len(values) < len(parts) or not first <= min(values) <= max(values) <= last:
            raise ValueError(f"is not allowed; give whole numbers from {first:,} to {last:,}.")
        return values

    return Axis(read)


def read_whole(name: str, given: object, first: int, last: int) -> int:
    """Read one whole number that is no axis.

    Raises
    ------
    SettingsError

    Examples
    --------
    >>> read_whole("rounds", "1e2", 1, 1000)
    100
    >>> read_whole("rounds", 0, 1, 50)
    Traceback (most recent call last):
    xorbench.problems.SettingsError: rounds: 0 is not allowed; give a whole number from 1 to 50.
    """
    number = as_whole(given)
    if number is None or not first <= number <= last:
        raise SettingsError(
            [
                f"{name}: {shown(given)} is not allowed;"
                f" give a whole number from {first:,} to {last:,}."
            ]
        )
    return number


def words(*allowed: str) -> Axis[str]:
    """Describe an axis of words.

    Examples
    --------
    >>> words("batch", "online").values("update", "batch, online")
    ('batch', 'online')
    """

    def read(part: object) -> Sequence[str]:
        if not (isinstance(part, str) and part in allowed):
            raise ValueError(unknown_word(part, allowed))
        return (str(part),)

    return Axis(read)


def texts(parse: Callable[[object], Value]) -> Axis[Value]:
    """Describe an axis of texts that begin with a letter and may hold commas themselves.

    Examples
    --------
    >>> [init.text for init in texts(parse_init).values("init", "uniform:0,1,normal:1")]
    ['uniform:0,1', 'normal:1']
    """
    return Axis(lambda part: (parse(part),), separator=r",(?=\s*[A-Za-z])")


def read_seeds(given: object) -> range | tuple[int, ...]:
    """Read seeds: whole numbers, ranges, and half-open ``START:STOP`` texts.

    Consecutive seeds become a range, however they are given.

    Examples
    --------
    >>> read_seeds("0:1000"), read_seeds([3, 4, 5]), read_seeds("7, 0:3")
    (range(0, 1000), range(3, 6), (7, 0, 1, 2))
    """
    # A range stays whole, because it may hold more seeds than a list.
    whole = [given] if isinstance(given, range) else given
    groups = list(Axis(seed_range).groups("seeds", whole))
    match groups:
        case [range(step=1) as only]:
            return only
    seeds = different("seeds", groups)
    consecutive = range(seeds[0], seeds[0] + len(seeds))
    return consecutive if seeds == tuple(consecutive) else seeds


def seed_range(part: object) -> range:
    """Read one seed or one range of seeds as a range."""
    seeds = part if isinstance(part, range) else parse_range(part)
    if seeds is not None and not seeds:
        raise ValueError(
            "is empty or reversed; give START:STOP with START below STOP, such as 0:1000."
        )
    if seeds is None or not all(0 <= seed <= LAST_SEED for seed in (seeds[0], seeds[-1])):
        raise ValueError(
            f"is not allowed; give whole numbers from 0 to {LAST_SEED}, or START:STOP."
        )
    return seeds


def parse_range(part: object) -> range | None:
    """Read a whole number or ``START:STOP`` as a range; None for everything else."""
    if isinstance(part, str) and ":" in part:
        start, stop = map(as_whole, part.split(":", 1))
        return None if start is None or stop is None else range(start, stop)
    seed = as_whole(part)
    return None if seed is None else range(seed, seed + 1)


OPTIMIZERS = ("gradient_descent", "nesterov", "rprop", "adam", "quickprop")
"""How a step may follow from a gradient."""

AXES: dict[str, Axis[Any]] = {
    "learning_rate": numbers(lambda rate: 0 <= rate < math.inf, "give finite numbers of 0 or more"),
    "output_rate_ratio": numbers(
        lambda ratio: 0 <= ratio < math.inf, "give finite numbers of 0 or more"
    ),
    "update": words("batch", "online", "shuffled"),
    "optimizer": words(*OPTIMIZERS),
    "momentum": numbers(
        lambda momentum: 0 <= momentum < 1, "give a number from 0 up to, but not including, 1"
    ),
    "activation": words("sigmoid", "tanh", "relu"),
    "error": words("mse", "sse", "half_mse", "half_sse", "cross_entropy"),
    "targets": Axis(lambda part: (parse_targets(part),), separator=";"),
    "init": texts(parse_init),
    "stop": texts(parse_stop),
    "measured": words("after_epoch", "during_epoch"),
    "max_epochs": whole_numbers(1, 10**12),
    "precision": words("double", "single"),
    "rprop_increase": numbers(lambda factor: 1 < factor < math.inf, "give finite numbers above 1"),
    "rprop_decrease": numbers(lambda factor: 0 < factor < 1, "give numbers above 0 and below 1"),
    "rprop_smallest_step": numbers(
        lambda step: 0 <= step < math.inf, "give finite numbers of 0 or more"
    ),
    "rprop_largest_step": numbers(lambda step: 0 < step < math.inf, "give finite numbers above 0"),
    "adam_beta1": numbers(
        lambda beta: 0 <= beta < 1, "give a number from 0 up to, but not including, 1"
    ),
    "adam_beta2": numbers(
        lambda beta: 0 <= beta < 1, "give a number from 0 up to, but not including, 1"
    ),
    "adam_epsilon": numbers(lambda small: 0 < small < math.inf, "give finite numbers above 0"),
    "quickprop_growth": numbers(
        lambda factor: 1 <= factor < math.inf, "give finite numbers of 1 or more"
    ),
}
"""The axes of the grid, the fastest first, and what is allowed on each."""

CONSTANTS = {
    name: optimizer for name in AXES for optimizer in OPTIMIZERS if name.startswith(f"{optimizer}_")
}
"""The axes that are constants of an optimizer, and whose."""

SETTING_NAMES = ("seeds", *AXES, "initial_weights", "weights")
"""The names of all settings, in the order of the API."""


def unknown_setting(name: str, known: tuple[str, ...]) -> str:
    """Say that there is no setting of this name, and which may have been meant."""
    meant = guess(name, known)
    hint = f"did you mean {meant}?" if meant else f"the settings are {', '.join(known)}."
    return f"{shortened(name)} is not a setting; {hint}"
