"""Where a sweep is, as it is written: a path, or the URL of a folder on an object store."""

import re
from pathlib import Path
from typing import TypeAlias

from xorbench.extras import require
from xorbench.problems import SettingsError, shown
from xorbench.storage import LocalStorage, Storage

Location: TypeAlias = Path | str
"""Once read, a text is a URL, and all else a path."""

S3 = re.compile(r"s3://[^/\s*?\[\]]+(/[^*?\[\]]*)?")
"""Without the signs by which DuckDB and fsspec would mean several files."""


def read_location(given: Location) -> Location:
    """Tell paths from URLs.

    Raises
    ------
    SettingsError
        If it is a URL of another kind.

    Examples
    --------
    >>> read_location("results/mine").name, read_location("s3://bucket/mine/")
    ('mine', 's3://bucket/mine')
    """
    text = str(given)
    if isinstance(given, str) and S3.fullmatch(text):
        return text.rstrip("/")
    # A Path has lost one of the slashes.
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://" if isinstance(given, str) else "s3:/", text):
        raise SettingsError(
            [
                f"{shown(text)} is not allowed; give a folder, or s3://BUCKET/PATH, without any of"
                " * ? [ ]."
            ]
        )
    return Path(given)


def name_of(location: Location) -> str:
    """Tell the last part of a location.

    Examples
    --------
    >>> name_of(Path("results/mine")), name_of("s3://bucket/mine")
    ('mine', 'mine')
    """
    if isinstance(location, Path):
        return location.absolute().name
    return location.rpartition("/")[2]


def storage_at(location: Location) -> Storage:
    """Give what reads and writes the files at a location.

    Raises
    ------
    SettingsError
        If it is a URL of another kind, or what is needed for it is not installed.

    Examples
    --------
    >>> storage_at("results/mine").place("manifest.json")
    'results/mine/manifest.json'
    """
    location = read_location(location)
    if isinstance(location, Path):
        return LocalStorage(location)
    require("s3", "s3fs")
    from xorbench.object_storage import ObjectStorage

    return ObjectStorage(location)
