"""Filters such as ``learning_rate > 1 and outcome = 'converged'``: read, checked, made into SQL.

A filter is an expression over the columns of one table and nothing else. It is taken apart here,
and what DuckDB gets is written anew from the parts that are known: names of columns, operators
from a list, and every number and text as a parameter.
"""

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeAlias

from xorbench.notation import number_text
from xorbench.problems import SettingsError, shown, unknown_word
from xorbench.table import MEASURES, WEIGHTS

Parameter: TypeAlias = float | str

LONGEST: Final = 10_000
DEEPEST: Final = 50
MOST_OPERATORS: Final = 200
MOST_NOTES: Final = 5

NUMBER, TEXT, TRUTH = "a number", "a text", "true or false"
COMPARISONS: Final = {
    **{sign: sign for sign in ("=", "<", "<=", ">", ">=")},
    "==": "=",
    "!=": "<>",
    "<>": "<>",
}
WORDS: Final = ("and", "or", "not", "in", "between", "true", "false")

TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<number> (?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.]) )
    | (?P<name> [A-Za-z_]\w* )
    | (?P<text> '(?:[^']|'')*' | "[^"]*" )
    | (?P<sign> <=|>=|<>|!=|==|[=<>()+\-*/,] )
    | (?P<end> \Z )
    )""",
    re.VERBOSE | re.ASCII,
)

ALLOWED: Final = (
    "a filter compares columns by = != < <= > >=, in (...) and between ... and ..., joined by and,"
    " or, not and (...), such as learning_rate > 1 and outcome = 'converged'"
)


@dataclass(frozen=True)
class Filter:
    """A condition for runs, as SQL.

    Attributes
    ----------
    sql : str
        With ``?`` for each parameter.
    parameters : tuple
    equated : tuple of (str, float)
        Which columns are compared by = or !=, or looked for in a list, and with which numbers.
    """

    sql: str
    parameters: tuple[Parameter, ...]
    equated: tuple[tuple[str, float], ...] = field(default=(), repr=False)


ALL: Final = Filter("true", ())
"""The filter that every run passes."""


@dataclass(frozen=True)
class Part:
    """A part of a filter, as SQL, and what kind of value it has.

    ``column`` is its name if it is a bare column, ``text`` its value if it is a text.
    """

    kind: str
    sql: str
    parameters: tuple[Parameter, ...] = ()
    column: str = ""
    text: str | None = None

    def __str__(self) -> str:
        return f"{self.column} ({self.kind})" if self.column else self.kind

    @property
    def maybe_nan(self) -> bool:
        """May it be missing? Measured numbers may, and what is calculated."""
        if self.kind != NUMBER or self.sql == "?":
            return False
        return not self.column or self.column in (*MEASURES, *WEIGHTS)


def read_filter(text: str, columns: Mapping[str, Any]) -> Filter:
    """Read the text of a filter.

    Numbers are compared as NumPy compares them: nan is neither above nor below any.

    Parameters
    ----------
    text : str
    columns : mapping of str to dtype
        The columns there are: `table.Columns.types`.

    Raises
    ------
    SettingsError
        In one sentence that says what is allowed.

    Examples
    --------
    >>> import numpy as np
    >>> columns = {"seed": np.dtype(np.int64), "learning_rate": np.dtype(np.float64)}
    >>> read_filter("seed < 5 and not learning_rate in (1, 2)", columns)
    Filter(sql='(("seed" < ?) AND (NOT ("learning_rate" IN (?, ?))))', parameters=(5.0, 1.0, 2.0))
    >>> read_filter("sed < 5", columns)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    xorbench.problems.SettingsError: where: "sed" is not known; did you mean "seed"? All...
    """
    reader = _Reader(text, columns)
    part = reader.condition()
    if reader.kind != "end":
        reader.refuse_token()
    reader.expect(part, TRUTH, "a filter")
    return Filter(part.sql, part.parameters, tuple(reader.equated))


def never_equal(where: Filter, axes: Mapping[str, Sequence[Any]]) -> list[str]:
    """Say which numbers of a filter are none of an axis, such as those that a summary rounds.

    Examples
    --------
    >>> where = Filter("...", (), equated=(("learning_rate", 0.33),))
    >>> never_equal(where, {"learning_rate": (0.1, 0.3333333333333333)})
    ['where: no learning_rate is 0.33; the nearest is 0.3333333333333333.']
    """
    values = {column: set(axes[column]) for column, _ in where.equated if column in axes}
    strange = [(column, n) for column, n in where.equated if n not in values.get(column, {n})]
    return [
        f"where: no {column} is {number_text(number)};"
        f" the nearest is {number_text(min(values[column], key=lambda one: abs(one - number)))}."
        for column, number in strange[:MOST_NOTES]
    ]


class _Reader:
    """Reads a filter from left to right, each method one level of precedence."""

    def __init__(self, text: str, columns: Mapping[str, Any]) -> None:
        self.text = text
        self.columns = columns
        self.place = 0
        self.depth = 0
        self.operators = 0
        self.equated: list[tuple[str, float]] = []
        if len(text) > LONGEST:
            self.refuse(f"the filter has {len(text):,} characters; give at most {LONGEST:,}.")
        self.next()

    def refuse(self, problem: str) -> NoReturn:
        raise SettingsError([f"where: {problem}"])

    def refuse_token(self) -> NoReturn:
        found = (
            f"{shown(self.token)} was not expected" if self.token else "the filter ends too soon"
        )
        self.refuse(f"{found}; {ALLOWED}.")

    def next(self) -> None:
        """Go to the next word, sign, number or text."""
        match = TOKEN.match(self.text, self.place)
        if match is None:
            rest = self.text[self.place :].strip()
            self.refuse(f"{shown(rest)} cannot be read; {ALLOWED}.")
        self.place = match.end()
        self.kind = str(match.lastgroup)
        self.token = match[self.kind]
        if self.kind == "name" and self.token.lower() in WORDS:
            self.token, self.kind = self.token.lower(), "word"

    def took(self, *tokens: str) -> str:
        """Take one of some signs or words, if it is next."""
        token = self.token if self.kind in ("sign", "word") and self.token in tokens else ""
        if token:
            self.operators += token not in "(),"
            if self.operators > MOST_OPERATORS:
                self.refuse(f"the filter has more than {MOST_OPERATORS} operators; give fewer.")
            self.next()
        return token

    def need(self, token: str) -> None:
        if not self.took(token):
            self.refuse_token()

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(f"the filter is nested more than {DEEPEST} deep; give a flatter one.")

    def condition(self) -> Part:
        """Read conditions joined by or."""
        self.deeper()
        parts = [self.conjunction()]
        while self.took("or"):
            parts.append(self.conjunction())
        self.depth -= 1
        return self.joined("OR", parts)

    def conjunction(self) -> Part:
        parts = [self.negation()]
        while self.took("and"):
            parts.append(self.negation())
        return self.joined("AND", parts)

    def joined(self, word: str, parts: Sequence[Part]) -> Part:
        if len(parts) == 1:
            return parts[0]
        for part in parts:
            self.expect(part, TRUTH, word.lower())
        sql = f" {word} ".join(part.sql for part in parts)
        return Part(TRUTH, f"({sql})", parameters_of(parts))

    def negation(self) -> Part:
        if not self.took("not"):
            return self.comparison()
        self.deeper()
        part = self.negation()
        self.depth -= 1
        self.expect(part, TRUTH, "not")
        return Part(TRUTH, f"(NOT {part.sql})", part.parameters)

    def comparison(self) -> Part:
        """Read a comparison, or a value alone."""
        left = self.sum()
        if sign := self.took(*COMPARISONS):
            self.refuse_unquoted(left)
            return self.compared(left, COMPARISONS[sign], self.sum())
        negated = bool(self.took("not"))
        if self.took("in"):
            part = self.member(left)
        elif self.took("between"):
            low = self.sum()
            self.need("and")
            above = self.compared(left, ">=", low)
            below = self.compared(left, "<=", self.sum())
            part = Part(TRUTH, f"({above.sql} AND {below.sql})", parameters_of([above, below]))
        elif negated:
            self.refuse_token()
        else:
            return left
        return Part(TRUTH, f"(NOT {part.sql})", part.parameters) if negated else part

    def member(self, left: Part) -> Part:
        """Read the list that a value is looked for in."""
        self.need("(")
        self.refuse_unquoted(left)
        values = [self.sum()]
        while self.took(","):
            self.refuse_unquoted(left)
            values.append(self.sum())
        self.need(")")
        for value in values:
            self.agree(left, value)
            if value.sql != "?":
                self.refuse(f"a list holds numbers or texts only; {ALLOWED}.")
            self.equate(left, value)
        sql = f"({left.sql} IN ({', '.join('?' for _ in values)}))"
        sure = f"coalesce({sql}, false)" if left.maybe_nan else sql
        return Part(TRUTH, sure, parameters_of([left, *values]))

    def compared(self, left: Part, sign: str, right: Part) -> Part:
        self.agree(left, right)
        if left.kind != NUMBER and sign not in ("=", "<>"):
            self.refuse(f"{left.kind} is compared by = or !=, not by {sign}.")
        if sign in ("=", "<>"):
            self.equate(left, right)
            self.equate(right, left)
        sql = f"({left.sql} {sign} {right.sql})"
        unsure = [part for part in (left, right) if part.maybe_nan]
        # To DuckDB, nan is above all numbers and equals itself, and NULL makes a comparison NULL.
        if unsure and sign == "<>":
            checks = " OR ".join(f"isnan({part.sql})" for part in unsure)
            sql = f"coalesce({sql} OR {checks}, true)"
        elif unsure:
            checks = " AND ".join(f"NOT isnan({part.sql})" for part in unsure)
            sql = f"coalesce({sql} AND {checks}, false)"
        return Part(TRUTH, sql, parameters_of([left, right, *unsure]))

    def refuse_unquoted(self, left: Part) -> None:
        """Refuse the text that a column is compared with if it has no quotes."""
        bare = self.kind in ("name", "word") and self.token not in self.columns
        if bare and left.column and left.kind == TEXT:
            known = {text.lower(): text for text in self.columns[left.column].categories}
            if text := known.get(self.token.lower()):
                self.refuse(f"{shown(self.token)} is not a column; a text has quotes: '{text}'.")

    def equate(self, one: Part, other: Part) -> None:
        """Note that a column is compared with a number."""
        if one.column and other.sql == "?":
            self.equated += [(one.column, n) for n in other.parameters if isinstance(n, float)]

    def agree(self, left: Part, right: Part) -> None:
        """Refuse to compare values of two kinds, or a column with a text that it never has."""
        if left.kind != right.kind:
            self.refuse(f"{left} cannot be compared with {right}; {ALLOWED}.")
        for one, other in ((left, right), (right, left)):
            if one.column and other.text is not None:
                known = list(self.columns[one.column].categories)
                if other.text not in known:
                    wrong = f"{one.column}: {shown(other.text)}"
                    self.refuse(f"{wrong} {unknown_word(other.text, known)}")

    def sum(self) -> Part:
        part = self.product()
        while sign := self.took("+", "-"):
            part = self.calculated(part, sign, self.product())
        return part

    def product(self) -> Part:
        part = self.factor()
        while sign := self.took("*", "/"):
            part = self.calculated(part, sign, self.factor())
        return part

    def calculated(self, left: Part, sign: str, right: Part) -> Part:
        for part in (left, right):
            self.expect(part, NUMBER, sign)
        return Part(NUMBER, f"({real(left)} {sign} {real(right)})", parameters_of([left, right]))

    def expect(self, part: Part, kind: str, operator: str) -> None:
        if part.kind != kind:
            self.refuse(f"{operator} needs {kind}, and not {part}; {ALLOWED}.")

    def factor(self) -> Part:
        """Read a column, a number, a text, or anything in parentheses."""
        if self.took("-"):
            self.deeper()
            part = self.factor()
            self.depth -= 1
            self.expect(part, NUMBER, "-")
            if part.sql == "?":
                (number,) = part.parameters
                return Part(NUMBER, "?", (-number if isinstance(number, float | int) else number,))
            return Part(NUMBER, f"(-{real(part)})", part.parameters)
        if self.took("("):
            part = self.condition()
            self.need(")")
            return part
        if word := self.took("true", "false"):
            return Part(TRUTH, word)
        kind, token = self.kind, self.token
        if kind not in ("name", "number", "text"):
            self.refuse_token()
        self.next()
        if kind == "name":
            return self.column(token)
        if kind == "text":
            text = token[1:-1].replace("''", "'") if token[0] == "'" else token[1:-1]
            return Part(TEXT, "?", (text,), text=text)
        number = float(token)
        if not math.isfinite(number):
            self.refuse(f"{shown(token)} is too large a number.")
        return Part(NUMBER, "?", (number,))

    def column(self, name: str) -> Part:
        if name not in self.columns:
            self.refuse(f"{shown(name)} {unknown_word(name, list(self.columns))}")
        kind = {"O": TEXT, "b": TRUTH}.get(self.columns[name].kind, NUMBER)
        return Part(kind, f'"{name}"', column=name)


def real(part: Part) -> str:
    """Write a number so that it is calculated with as a floating-point number."""
    return f"CAST({part.sql} AS DOUBLE)" if part.column or part.sql == "?" else part.sql


def parameters_of(parts: Iterable[Part]) -> tuple[Parameter, ...]:
    """Join the parameters of parts, in their order."""
    return tuple(itertools.chain.from_iterable(part.parameters for part in parts))
