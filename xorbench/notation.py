"""How single values are written: numbers, distributions, targets, stop rules, spacings.

Whatever is refused raises a ``ValueError`` that holds the end of a sentence; the caller, who knows
which setting the value was given for, writes its beginning.
"""

import math
from contextlib import suppress
from dataclasses import dataclass
from decimal import Context, Decimal
from numbers import Integral, Real
from typing import TypeGuard

from xorbench.problems import guess

METRICS = ("mse", "sse", "rms", "max_error", "half_mse", "half_sse", "cross_entropy")
"""The errors over all four patterns that a stop rule may name."""

MOST_VALUES = 100_000
"""The longest list of values."""


def as_number(value: object) -> float:
    """Read a number or its text; nan for everything else, so that every comparison refuses it.

    Examples
    --------
    >>> as_number("2.5"), as_number(3), as_number(True), as_number("three")
    (2.5, 3.0, nan, nan)
    """
    if isinstance(value, bool) or not isinstance(value, str | Real):
        return math.nan
    try:
        return float(value) + 0.0  # adding zero makes -0.0, equal in every use, the same as 0.0
    except (ValueError, OverflowError):
        return math.nan


def as_whole(value: object) -> int | None:
    """Read a whole number or its text, exponents and underscores included; None for all else.

    Examples
    --------
    >>> as_whole("100_000"), as_whole("1e5"), as_whole(1e5), as_whole(0.5), as_whole(True)
    (100000, 100000, 100000, None, None)
    """
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        with suppress(ValueError):
            return int(value)
    number = as_number(value)
    return int(number) if number.is_integer() else None


def number_text(number: float) -> str:
    """Write a number in the shortest text that reads back to exactly it.

    Examples
    --------
    >>> number_text(1.0), number_text(0.1), number_text(-2.5)
    ('1', '0.1', '-2.5')
    """
    return repr(float(number)).removesuffix(".0")


@dataclass(frozen=True)
class Init:
    """The distribution of the starting weights: ``uniform:LOW,HIGH``, ``normal:STD`` or ``xavier``.

    Examples
    --------
    >>> init = parse_init("uniform: -1, 1.0")
    >>> init
    Init(kind='uniform', parameters=(-1.0, 1.0))
    >>> init.text
    'uniform:-1,1'
    """

    kind: str
    parameters: tuple[float, ...]

    def __post_init__(self) -> None:
        match self.kind, self.parameters:
            # A finite difference also means that both bounds are finite.
            case "uniform", (low, high) if low < high and math.isfinite(high - low):
                pass
            case "normal", (deviation,) if 0 < deviation < math.inf:
                pass
            case "xavier", ():
                pass
            case _:
                raise ValueError(
                    "is not allowed; give uniform:LOW,HIGH with LOW below HIGH,"
                    " normal:STD with STD above 0, all of them finite, or xavier."
                )

    @property
    def text(self) -> str:
        """The one way of writing this distribution that tables and files use."""
        return ":".join(filter(None, (self.kind, ",".join(map(number_text, self.parameters)))))

    def __str__(self) -> str:
        return self.text


def parse_init(value: object) -> Init:
    """Read the distribution of the starting weights.

    Examples
    --------
    >>> parse_init("normal:0.5")
    Init(kind='normal', parameters=(0.5,))
    >>> parse_init("xavier")
    Init(kind='xavier', parameters=())
    """
    if isinstance(value, Init):
        return Init(value.kind, tuple(map(as_number, value.parameters)))
    kind, colon, parameters = value.partition(":") if isinstance(value, str) else ("", "", "")
    return Init(kind.strip(), tuple(map(as_number, parameters.split(","))) if colon else ())


@dataclass(frozen=True)
class Targets:
    """What the output should be where XOR is false and where it is true: ``LOW,HIGH``.

    Examples
    --------
    >>> targets = parse_targets("0.10, 0.90")
    >>> targets
    Targets(low=0.1, high=0.9)
    >>> targets.text
    '0.1,0.9'
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= 1:
            raise ValueError(
                "is not allowed; give LOW,HIGH with LOW below HIGH, both from 0 to 1,"
                " such as 0.1,0.9."
            )

    @property
    def text(self) -> str:
        """The one way of writing these targets that tables and files use."""
        return f"{number_text(self.low)},{number_text(self.high)}"

    def __str__(self) -> str:
        return self.text


def parse_targets(value: object) -> Targets:
    """Read a pair of targets.

    Examples
    --------
    >>> parse_targets("0,1")
    Targets(low=0.0, high=1.0)
    """
    if isinstance(value, Targets):
        return Targets(as_number(value.low), as_number(value.high))
    if not isinstance(value, str):
        raise ValueError('is not allowed; give the text "LOW,HIGH", such as "0.1,0.9".')
    low, _, high = value.partition(",")
    return Targets(as_number(low), as_number(high))


@dataclass(frozen=True)
class StopRule:
    """When a run has converged: one metric is below a threshold.

    Examples
    --------
    >>> rule = parse_stop("mse<1e-3")
    >>> rule
    StopRule(metric='mse', threshold=0.001)
    >>> rule.text
    'mse < 0.001'
    """

    metric: str
    threshold: float

    def __post_init__(self) -> None:
        if not (self.metric in METRICS and 0 < self.threshold < math.inf):
            meant = guess(self.metric, METRICS)
            hint = "" if meant in (None, self.metric) else f' (did you mean "{meant}"?)'
            raise ValueError(
                f"is not allowed{hint}; give METRIC < NUMBER, such as mse < 0.001, with a finite"
                f" number above 0 and one of {', '.join(METRICS)}."
            )

    @property
    def text(self) -> str:
        """The one way of writing this rule that tables and files use."""
        return f"{self.metric} < {number_text(self.threshold)}"

    def __str__(self) -> str:
        return self.text


def parse_stop(value: object) -> StopRule:
    """Read a stop rule.

    Examples
    --------
    >>> parse_stop("max_error < 0.5")
    StopRule(metric='max_error', threshold=0.5)
    """
    if isinstance(value, StopRule):
        return StopRule(value.metric, as_number(value.threshold))
    metric, _, threshold = value.partition("<") if isinstance(value, str) else ("", "", "")
    return StopRule(metric.strip(), as_number(threshold))


def parse_spacing(text: str) -> tuple[float, ...]:
    """Read ``log:START:STOP:COUNT`` or ``linear:START:STOP:COUNT``, both ends included.

    Examples
    --------
    >>> parse_spacing("log:0.01:10:4")
    (0.01, 0.1, 1.0, 10.0)
    >>> parse_spacing("linear:0.1:0.5:5")
    (0.1, 0.2, 0.3, 0.4, 0.5)
    """
    kind, *rest = [part.strip() for part in text.split(":")]
    lowest = 0 if kind == "log" else -math.inf
    if len(rest) == 3:
        start, stop, count = as_number(rest[0]), as_number(rest[1]), as_whole(rest[2])
        ends_fit = lowest < start < math.inf and lowest < stop < math.inf
        if ends_fit and count is not None and 2 <= count <= MOST_VALUES:
            return spaced(start, stop, count, logarithmic=kind == "log")
    raise ValueError(
        f"is not allowed; give {kind}:START:STOP:COUNT with finite START and STOP"
        f"{' above 0' if kind == 'log' else ''} and a COUNT from 2 to {MOST_VALUES:,}."
    )


def spaced(start: float, stop: float, count: int, *, logarithmic: bool) -> tuple[float, ...]:
    """Space numbers evenly between two ends, or evenly by their logarithms.

    Decimal arithmetic makes the values the same on every machine, which no mathematical library
    promises, and round ones where they should be.
    """
    context = Context(prec=30)
    first, last = Decimal(repr(start)), Decimal(repr(stop))
    if logarithmic:
        first, last = context.ln(first), context.ln(last)
    span = context.subtract(last, first)
    middle = [
        context.add(first, context.divide(context.multiply(span, step), count - 1))
        for step in range(1, count - 1)
    ]
    if logarithmic:
        middle = [context.exp(value) for value in middle]
    # The text of an end may be half-way to another float, to which its neighbours would round.
    low, high = sorted((start, stop))
    return start, *(min(max(float(value), low), high) for value in middle), stop


def is_spacing(value: object) -> TypeGuard[str]:
    """Tell whether a value is meant as a spacing rather than as a number."""
    return isinstance(value, str) and value.partition(":")[0].strip() in ("log", "linear")
