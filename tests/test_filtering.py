"""Filters against NumPy, and against texts that try to reach more than the runs."""

import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xorbench.filtering import Filter, read_filter
from xorbench.problems import SettingsError
from xorbench.query import connected
from xorbench.settings import make_settings
from xorbench.table import Columns

COLUMNS = Columns.of(make_settings(learning_rate="0.1,0.5", update="batch,online", weights=False))
TYPES = COLUMNS.types

Condition = Callable[[pd.DataFrame], npt.NDArray[np.bool_]]


def make_table(runs: int = 64) -> pd.DataFrame:
    """Make up runs, some with numbers that are nan or infinite."""
    random = np.random.default_rng(3)
    table = pd.DataFrame({"seed": np.arange(runs)})
    for name, kind in TYPES.items():
        if kind == "category":
            codes = random.integers(len(kind.categories), size=runs)
            table[name] = pd.Categorical.from_codes(codes, dtype=kind)
        elif kind == np.bool_:
            table[name] = random.random(runs) < 0.5
        elif kind == np.float64:
            table[name] = random.choice([0.1, 0.5, 1.0, -2.0, 0.0], runs)
        else:
            table[name] = random.integers(0, 5, runs)
    for name, values in {"mse": [np.nan, np.inf], "margin": [np.nan, -np.inf]}.items():
        table.loc[random.choice(runs, 20, replace=False), name] = random.choice(values, 20)
    return table[list(TYPES)]


TABLE = make_table()


@pytest.fixture(scope="module")
def runs() -> Any:
    with connected(TABLE) as connection:
        yield connection


def chosen(runs: duckdb.DuckDBPyConnection, where: Filter) -> list[int]:
    """List the places of the runs for which a filter holds."""
    sql = f"SELECT {where.sql} AS holds FROM runs"
    found = runs.execute(sql, list(where.parameters)).fetchall()
    return [place for place, (holds,) in enumerate(found) if holds]


def column(name: str) -> tuple[str, Callable[[pd.DataFrame], Any]]:
    return name, lambda table: table[name].to_numpy().astype(float)


def constant(number: float) -> tuple[str, Callable[[pd.DataFrame], Any]]:
    return repr(number), lambda table: np.full(len(table), float(number))


def calculation(parts: tuple[Any, str, Any]) -> tuple[str, Callable[[pd.DataFrame], Any]]:
    (left, of_left), sign, (right, of_right) = parts
    functions: dict[str, Callable[[Any, Any], Any]]
    functions = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}
    return f"({left} {sign} {right})", lambda t: functions[sign](of_left(t), of_right(t))


numbers = st.recursive(
    st.sampled_from(["seed", "learning_rate", "epochs", "mse", "margin"]).map(column)
    | st.sampled_from([0, 1, 2, 0.1, 0.5, 1e-3, 2.5e1, -1, -0.5]).map(constant),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner).map(calculation),
    max_leaves=4,
)
SIGNS: dict[str, Callable[[Any, Any], npt.NDArray[np.bool_]]] = {
    "=": np.equal,
    "==": np.equal,
    "!=": np.not_equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def comparison(parts: tuple[Any, str, Any]) -> tuple[str, Condition]:
    (left, of_left), sign, (right, of_right) = parts
    return f"{left} {sign} {right}", lambda t: SIGNS[sign](of_left(t), of_right(t))


def range_of(parts: tuple[Any, str, Any, Any]) -> tuple[str, Condition]:
    (text, of), word, (low, of_low), (high, of_high) = parts

    def holds(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
        inside: npt.NDArray[np.bool_]
        inside = (of(table) >= of_low(table)) & (of(table) <= of_high(table))
        return ~inside if word else inside

    return f"{text} {word}between {low} and {high}", holds


def membership(parts: tuple[Any, str, list[float]]) -> tuple[str, Condition]:
    (text, of), word, values = parts
    listed = ", ".join(map(repr, values))

    def holds(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
        inside = np.isin(of(table), values)
        return ~inside if word else inside

    return f"{text} {word}in ({listed})", holds


def of_text(parts: tuple[str, str, str]) -> tuple[str, Condition]:
    name, sign, quote = parts
    value = TYPES[name].categories[1]
    return (
        f"{name} {sign} {quote}{value}{quote}",
        lambda t: (t[name] == value).to_numpy() == (sign == "="),
    )


conditions = st.recursive(
    st.tuples(numbers, st.sampled_from(list(SIGNS)), numbers).map(comparison)
    | st.tuples(numbers, st.sampled_from(["", "not "]), numbers, numbers).map(range_of)
    | st.tuples(
        numbers, st.sampled_from(["", "not "]), st.lists(st.sampled_from([0, 1, 0.5]), min_size=1)
    ).map(membership)
    | st.tuples(
        st.sampled_from(["outcome", "h1_gate", "update"]),
        st.sampled_from(["=", "!="]),
        st.sampled_from("'\""),
    ).map(of_text)
    | st.sampled_from(["learned_and_or", "composes_to_xor"]).map(
        lambda name: (name, lambda t: t[name].to_numpy())
    ),
    lambda inner: (
        st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]} or {two[1][0]})", lambda t: two[0][1](t) | two[1][1](t))
        )
        | st.tuples(inner, inner).map(
            lambda two: (f"({two[0][0]}) AND {two[1][0]}", lambda t: two[0][1](t) & two[1][1](t))
        )
        | inner.map(lambda one: (f"not ({one[0]})", lambda t: ~one[1](t)))
    ),
    max_leaves=4,
)


@settings(deadline=None, max_examples=150)
@given(conditions)
def test_a_filter_chooses_what_numpy_chooses(
    runs: duckdb.DuckDBPyConnection, condition: tuple[str, Condition]
) -> None:
    text, holds = condition
    with np.errstate(all="ignore"):
        expected = np.flatnonzero(holds(TABLE)).tolist()
    assert chosen(runs, read_filter(text, TYPES)) == expected


HOSTILE = [
    "1 = 1; DROP TABLE runs",
    "seed < 5; SELECT 1",
    "seed < 5 -- and more",
    "seed < 5 /* and more */",
    "seed < 5 # and more",
    "seed IN (SELECT seed FROM runs)",
    "(SELECT 1) = 1",
    "EXISTS (SELECT 1)",
    "seed < 5 UNION SELECT * FROM runs",
    "seed = (FROM read_csv('/etc/passwd'))",
    "read_text('/etc/passwd') = 'x'",
    "outcome = read_blob('/etc/passwd')",
    "COPY runs TO '/tmp/x.csv'",
    "seed < 5) TO '/tmp/x.csv' (FORMAT csv",
    "ATTACH 'x.db'",
    "PRAGMA database_list",
    "SET threads = 1",
    "INSTALL httpfs",
    "LOAD httpfs",
    "getenv('HOME') = 'x'",
    "current_setting('threads') = 1",
    "outcome = $1",
    "outcome = ?",
    "seed = :seed",
    "runs.seed < 5",
    "main.runs.seed < 5",
    "seed::VARCHAR = '1'",
    "CAST(seed AS VARCHAR) = '1'",
    "outcome LIKE '%'",
    "outcome || 'x' = 'x'",
    "seed[1] = 1",
    "{'a': 1} = 1",
    "seed -> 1",
    "abs(seed) = 1",
    "sleep(1)",
    "rowid < 5",
    "file_row_number < 5",
    "filename = 'x'",
    "'/etc/passwd'",
    "outcome = '../../etc/passwd'",
    "outcome = 'converged",
    'outcome = "converged',
    "outcome = '''",
    "outcome = E'\\x41'",
    "seed < 1e999",
    "seed < nan",
    "seed < infinity",
    "seed < 0x10",
    "seed < 1_000",
    "seed = NULL",
    "seed < 5\0",
    "ѕeed < 5",
    "seed < ５",
    "",
    " ",
    "seed",
    "outcome",
    "seed <",
    "seed < 5 and",
    "and",
    "not",
    "seed in ()",
    "seed in 5",
    "seed between 1",
    "1 < seed < 5",
    "not seed",
    "learned_and_or + 1 = 2",
    "learned_and_or < true",
    "outcome = 5",
    "outcome < 'converged'",
    "seed in ('converged')",
    "outcome in ('converged', 'stuck')",
    "(" * 1000 + "seed < 5" + ")" * 1000,
    "not " * 1000 + "seed < 5",
    "-" * 1000 + "seed < 5",
    "seed" + " + 1" * 1000 + " < 5",
    "seed < 5" + " and seed < 5" * 1000,
    "seed < 5" + " " * 1_000_000,
    "'" * 9_999,
    "((((((((((" * 900,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:40])
def test_what_is_no_filter_is_refused_in_one_sentence(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(SettingsError) as refusal:
        read_filter(text, TYPES)
    assert time.perf_counter() - start < 1
    (problem,) = refusal.value.problems
    assert problem.startswith("where: ")
    assert problem.endswith(".")
    assert problem.isprintable()
    assert len(problem) < 500


words = st.sampled_from(
    [
        *TYPES,
        *"=<>()+-*/,'\"",
        "<=",
        "!=",
        "and",
        "or",
        "not",
        "in",
        "between",
        "1",
        "1e308",
        "'AND'",
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=40) | st.lists(words, max_size=12).map(" ".join))
@example("1e308 * 1e308 > seed")
@example("1 / 0 > seed")
@example("h1_gate = h2_gate")
@example("outcome = h1_gate")
@example("true = learned_and_or")
def test_any_text_is_refused_or_can_be_used(runs: duckdb.DuckDBPyConnection, text: str) -> None:
    try:
        where = read_filter(text, TYPES)
    except SettingsError:
        return
    chosen(runs, where)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sed < 5", 'where: "sed" is not known; did you mean "seed"? Allowed: seed, learning'),
        ("outcome = 'stuck'", 'where: outcome: "stuck" is not known; allowed: converged, max_epo'),
        ("seed = 'x'", "where: seed (a number) cannot be compared with a text; a filter compares "),
        ("seed < 5)", 'where: ")" was not expected; a filter compares columns by = != < <= > >='),
        ("seed ~ 5", 'where: "~ 5" cannot be read; a filter compares columns by = != < <= > >='),
        ("outcome < 'AND'", "where: outcome: "),
        ("outcome = converged", """where: "converged" is not a column; a text has quotes: 'conv"""),
        ("h2_gate in ('OR', AND)", """where: "and" is not a column; a text has quotes: 'AND'."""),
        ("h1_gate = 'and'", 'where: h1_gate: "and" is not known; did you mean "AND"? Allowed: '),
    ],
)
def test_sentences(text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_filter(text, TYPES)
    assert refusal.value.problems[0].startswith(problem)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('{folder}/*')",
        "COPY runs TO '{folder}/copy.csv'",
        "EXPORT DATABASE '{folder}'",
        "ATTACH '{folder}/other.db'",
        "SET enable_external_access = true",
        "SET memory_limit = '1TB'",
        "RESET lock_configuration",
        "INSTALL httpfs",
        "LOAD httpfs",
    ],
)
def test_a_connection_reaches_nothing_but_the_runs(sql: str, tmp_path: Any) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n1\n")
    with pytest.raises(SettingsError), connected(TABLE) as connection:
        connection.execute(sql.format(file=secret, folder=tmp_path)).fetchall()
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


@pytest.mark.parametrize("stop", ["Ctrl-C", "interrupt"])
def test_a_query_that_is_interrupted_is_an_interruption(stop: str) -> None:
    sql = "SELECT sum(hash(seed + i)) FROM runs, range(1000) ranges(i) GROUP BY seed % 1000"

    def compute() -> None:
        with connected(pd.DataFrame({"seed": np.arange(200_000)})) as connection:
            press = partial(signal.raise_signal, signal.SIGINT)
            threading.Timer(0.02, press if stop == "Ctrl-C" else connection.interrupt).start()
            connection.execute(sql).fetchall()

    with pytest.raises(KeyboardInterrupt):
        compute()
