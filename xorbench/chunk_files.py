"""The parquet file of a chunk: how it is encoded, what it says of itself, whether it is whole."""

import io
import json
import zlib
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from xorbench import __version__
from xorbench.jit import kernel_hash
from xorbench.storage import Content

KEY = b"xorbench"
CHECKSUM = b"xorbench_crc32"
MAGIC = b"PAR1"
LENGTHS = 4 + len(MAGIC)  # bytes at the end: how long the footer is, and the magic number
SHORTEST = len(MAGIC) + LENGTHS
END = 2**16
"""More bytes than any footer has; it tells the provenance."""


class DamagedError(ValueError):
    """The file of a chunk is not as it was written; the text says in which way."""


@dataclass(frozen=True)
class Provenance:
    """What the rows in a file follow from.

    Attributes
    ----------
    fingerprint : str
        Of the settings.
    kernel, version : str
        What computed them.
    rows : str
        START:STOP
    weights : bool
        Are the final weights among the columns?
    """

    fingerprint: str
    kernel: str
    version: str
    rows: str
    weights: bool


def provenance_of(rows: range, *, fingerprint: str, weights: bool) -> Provenance:
    """Tell what rows that are computed here and now follow from."""
    return Provenance(
        fingerprint=fingerprint,
        kernel=kernel_hash(),
        version=__version__,
        rows=f"{rows.start}:{rows.stop}",
        weights=weights,
    )


def encode(runs: pd.DataFrame, provenance: Provenance) -> Content:
    """Make the parquet file of a chunk."""
    table = pa.Table.from_pandas(runs, preserve_index=False)
    # What pandas adds is as long as all the rest of the footer, and says nothing that Arrow's
    # own description of the columns does not.
    table = table.replace_schema_metadata(None)
    names = table.column_names
    axes = names[: names.index("outcome")]
    measured = [
        name
        for name in names
        if name not in axes
        and pa.types.is_primitive(kind := table.schema.field(name).type)
        # Arrow counts truth values among the primitive types.
        and not pa.types.is_boolean(kind)
    ]
    sink = io.BytesIO()
    with pq.ParquetWriter(
        sink,
        table.schema,
        compression="zstd",
        # The last digits of a measured number are noise, and only its first ones can be
        # compressed: they lie side by side if the bytes of the numbers are split.
        column_encoding={
            **dict.fromkeys(measured, "BYTE_STREAM_SPLIT"),
            "seed": "DELTA_BINARY_PACKED",
        },
        use_dictionary=[name for name in names if name != "seed" and name not in measured],
        write_statistics=axes,
        write_page_checksum=True,
    ) as writer:
        writer.write_table(table, row_group_size=len(table))
        # Of all that stands before the footer; the pages' own checksums leave out their headers.
        checksum = zlib.crc32(sink.getbuffer())
        said = json.dumps(asdict(provenance))
        writer.add_key_value_metadata({KEY: said, CHECKSUM: str(checksum)})
    return sink.getvalue()


def examine(content: bytes, *, only_end: bool = False) -> dict[str, Any]:
    """Tell the provenance of a file that is whole; it is empty if the file says none.

    Parameters
    ----------
    content : bytes
    only_end : bool
        Is the content only the last bytes of the file? Then its checksum is not compared.

    Raises
    ------
    DamagedError
        If it is not whole, or not a parquet file.
    """
    if len(content) < SHORTEST or content[-len(MAGIC) :] != MAGIC:
        raise DamagedError("it is not a whole parquet file")
    try:
        metadata = pq.read_metadata(pa.BufferReader(content)).metadata or {}
        provenance = json.loads(metadata.get(KEY, b"{}"))
        checksum = int(metadata.get(CHECKSUM, b"-1"))
    except (OSError, ValueError, pa.ArrowException):
        raise DamagedError("it cannot be read") from None
    footer = int.from_bytes(content[-LENGTHS : -len(MAGIC)], "little")
    if (
        provenance
        and not only_end
        and zlib.crc32(memoryview(content)[: -LENGTHS - footer]) != checksum
    ):
        raise DamagedError("its checksum is wrong")
    return provenance if isinstance(provenance, dict) else {}


def decode(content: bytes) -> pa.Table:
    """Read the rows of a file, and the checksums of its pages.

    Raises
    ------
    DamagedError
        If they cannot be read.
    """
    try:
        return pq.read_table(pa.BufferReader(content), page_checksum_verification=True)
    except (OSError, ValueError, pa.ArrowException):
        raise DamagedError("it cannot be read") from None
