"""Some runs and columns of a stored sweep, written as they are read: it may exceed the memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from xorbench import query
from xorbench.filtering import ALL, Filter
from xorbench.locations import Location
from xorbench.manifest import read_manifest, stored_columns
from xorbench.places import replacing
from xorbench.problems import SettingsError, shown, unknown_word
from xorbench.reading import runs_of
from xorbench.table import write_csv

PORTION = 65_536


def read_names(text: str | None, types: dict[str, Any]) -> list[str]:
    """Read a list of columns; all of them by default.

    Raises
    ------
    SettingsError
        If there is no such column, or one is named twice.

    Examples
    --------
    >>> import numpy as np
    >>> read_names("epochs, seed", {"seed": np.int64, "epochs": np.int64, "mse": np.float64})
    ['epochs', 'seed']
    """
    if text is None:
        return list(types)
    names = [name.strip() for name in text.split(",")]
    problems = [
        f"columns: {shown(name)} {unknown_word(name, list(types))}"
        for name in dict.fromkeys(names)
        if name not in types
    ]
    if not problems and len(set(names)) < len(names):
        problems = ["columns: a column is named more than once; name it once."]
    if problems:
        raise SettingsError(problems[:5])
    return names


def portions(folder: Location, where: Filter, names: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Read the chosen runs and columns in the order of the table; at least one, empty portion."""
    types = stored_columns(read_manifest(folder)).types
    chosen = {name: types[name] for name in names}
    sql = f"SELECT {query.columns(names)} FROM runs WHERE {where.sql}"
    with query.connected(runs_of(folder)) as connection:
        # Unlike what `execute` returns, this is computed while it is read.
        found = connection.sql(sql, params=list(where.parameters)).to_arrow_reader(PORTION)
        yield found.schema.empty_table().to_pandas().astype(chosen)
        for batch in found:
            yield batch.to_pandas().astype(chosen)


def export(folder: Location, to: Path, where: Filter = ALL, names: Sequence[str] = ()) -> int:
    """Write runs of a stored sweep to a file.

    Parameters
    ----------
    folder : path, or text s3://BUCKET/PATH
    to : Path
        In .csv or .parquet.
    where : Filter
    names : sequence of str
        The columns; all by default.

    Returns
    -------
    int
        How many runs were written.
    """
    tables = portions(folder, where, names or list(stored_columns(read_manifest(folder)).types))
    runs = 0
    with replacing(to) as temporary:
        nothing = next(tables)
        if to.suffix == ".parquet":
            schema = pa.Schema.from_pandas(nothing, preserve_index=False)
            with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
                for table in tables:
                    writer.write_table(pa.Table.from_pandas(table, schema, preserve_index=False))
                    runs += len(table)
        else:
            write_csv(nothing, temporary)
            for table in tables:
                write_csv(table, temporary, append=True)
                runs += len(table)
    return runs


def print_csv(folder: Location, where: Filter, names: Sequence[str], output: TextIO) -> None:
    """Write runs of a stored sweep as CSV to an open file."""
    for place, table in enumerate(portions(folder, where, names)):
        write_csv(table, output, append=place > 0)
