"""SQL over runs: a table in memory, or the files of a folder that is larger than memory.

DuckDB reads both, on all cores and within a limit of memory; what does not fit goes to a temporary
folder. A connection reaches nothing but the runs: no other file, no network, no setting.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

import duckdb
import pandas as pd

from xorbench.problems import SettingsError, shortened


@dataclass(frozen=True)
class Files:
    """Parquet files of a table, in the order of its rows.

    Attributes
    ----------
    places : list of str
        Paths or URLs.
    filesystem
        Of fsspec, through which they are read; None for files of this machine.
    """

    places: list[str]
    filesystem: Any = None


Source: TypeAlias = pd.DataFrame | Files
"""A table, one row a run, or the parquet files of one."""

MEMORY = "512MB"
"""What DuckDB may take."""


@contextmanager
def connected(source: Source) -> Iterator[duckdb.DuckDBPyConnection]:
    """Connect to a database that holds the view ``runs`` and can reach nothing else.

    Parameters
    ----------
    source : DataFrame or Files

    Yields
    ------
    DuckDBPyConnection
        Where a number is nan, it is NULL here.

    Raises
    ------
    SettingsError
        If the runs cannot be read.

    Examples
    --------
    >>> table = pd.DataFrame({"seed": [0, 1, 2], "epochs": [30, 20, 10]})
    >>> with connected(table) as connection:
    ...     connection.execute("SELECT seed FROM runs WHERE epochs < ?", [25]).fetchall()
    [(1,), (2,)]
    """
    with tempfile.TemporaryDirectory(prefix="xorbench-") as folder:
        options: dict[str, Any] = {
            "memory_limit": MEMORY,
            "temp_directory": folder,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
        with duckdb.connect(config=options) as connection, explained():
            if isinstance(source, pd.DataFrame):
                connection.register("runs", source)
            else:
                files = source.places
                if source.filesystem is None:
                    files = [os.path.abspath(place) for place in files]
                else:
                    # DuckDB would fetch an extension of its own to do it.
                    connection.register_filesystem(source.filesystem)
                connection.read_parquet(files).create_view("runs")
                connection.execute("SET allowed_paths = ?", [files])
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            yield connection


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error of DuckDB, such as that of a damaged file, into a sentence.

    Raises
    ------
    SettingsError
    KeyboardInterrupt
        If DuckDB was interrupted, of which it makes errors of its own.
    """
    try:
        yield
    except RuntimeError as error:
        if str(error) != "Query interrupted":
            raise
        raise KeyboardInterrupt from error
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except duckdb.Error as error:
        raise SettingsError(
            [f"the runs cannot be read: {shortened(str(error).splitlines()[0], most=300)}."]
        ) from error


def query(source: Source, sql: str, parameters: Sequence[object] = ()) -> pd.DataFrame:
    """Run one query over runs.

    Parameters
    ----------
    source : DataFrame or Files
        The view ``runs`` of the query.
    sql : str
        Written by this library, never by its users; what these give are parameters.
    parameters : sequence, optional
        The values of ``?`` in the query.

    Returns
    -------
    DataFrame
        In the order the query asks for.

    Examples
    --------
    >>> table = pd.DataFrame({"learning_rate": [1.0, 1.0, 5.0], "epochs": [30, 20, 10]})
    >>> query(table, "SELECT learning_rate, avg(epochs) AS mean FROM runs GROUP BY ALL ORDER BY 1")
       learning_rate  mean
    0            1.0  25.0
    1            5.0  10.0
    """
    with connected(source) as connection:
        return connection.execute(sql, list(parameters)).df()


def columns(names: Iterable[str]) -> str:
    """Write names of columns for a query, between commas.

    Examples
    --------
    >>> print(columns(["seed", "update"]))
    "seed", "update"
    """
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)
