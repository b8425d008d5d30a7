"""Where results are written: refused beforehand if they cannot be, and whole or not at all."""

import errno
import json
import os
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xorbench.chunks import WHOLE, Shard
from xorbench.locations import Location, read_location, storage_at
from xorbench.problems import PartialError, SettingsError
from xorbench.storage import sync_folder

MANIFEST = "manifest.json"
"""The file that makes a folder the folder of a sweep."""


def usable_folder(given: Location) -> Location:
    """Return where a sweep is to be stored.

    Raises
    ------
    SettingsError
        If it cannot be written, or holds other things than a sweep.
    """
    location = read_location(given)
    storage = storage_at(location)
    try:
        names = sorted(storage.names(""))
    except OSError as error:
        raise unusable(location, error) from None
    # Of a process that was killed before it wrote the manifest.
    others = [name for name in names if not re.fullmatch(r"\.lock.*|\..*\.tmp", name)]
    if others and MANIFEST not in others:
        raise SettingsError(
            [
                f"out: the folder {location} holds other things ({', '.join(others[:3])}"
                f"{', ...' if len(others) > 3 else ''}); give a new or an empty folder."
            ]
        )
    try:
        storage.refuse_readonly()
    except OSError as error:
        raise unusable(location, error) from None
    return location


def resume_command(location: Location, shard: Shard = WHOLE) -> str:
    """Say how the sweep in a folder goes on.

    Examples
    --------
    >>> resume_command(Path("my results"))
    "python -m xorbench sweep --resume 'my results'"
    """
    share = [] if shard == WHOLE else ["--shard", str(shard)]
    return shlex.join(["python", "-m", "xorbench", "sweep", "--resume", str(location), *share])


def how_to_repair(location: Location) -> str:
    """Say how runs whose files are damaged or missing are trained again.

    Examples
    --------
    >>> how_to_repair("s3://bucket/mine")
    'remove what is damaged, and python -m xorbench sweep --resume s3://bucket/mine trains it again'
    """
    command = resume_command(location)
    if isinstance(location, Path):
        return f"{command} trains again what is damaged or missing"
    # There, a start reads only the ends of files.
    return f"remove what is damaged, and {command} trains it again"


def unusable(location: Location, error: OSError) -> SettingsError:
    """Say that a folder cannot be used."""
    return SettingsError(
        [f"out: {location} cannot be used ({reason(error)}); give another folder."]
    )


def cut_off(location: Location, error: OSError, how_far: str) -> PartialError:
    """Say that a folder can no longer be written, and how much is stored in it."""
    return PartialError(f"{location} cannot be written ({reason(error)}); {how_far}.")


def reason(error: OSError) -> str:
    """Say why the system refuses something."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def usable_file(path: Path, option: str) -> Path:
    """Return the file to write as it was given with an option.

    Raises
    ------
    SettingsError
        If it cannot be written.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
        trial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        trial.touch()
        trial.unlink()
    except OSError as error:
        raise SettingsError(
            [f"{option}: {path} cannot be written ({reason(error)}); give another file."]
        ) from None
    return path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; it becomes `path` if all goes well."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def json_text(content: dict[str, Any]) -> str:
    """Write JSON that people can read."""
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def write_json(content: dict[str, Any], path: Path) -> None:
    """Write a JSON file."""
    with replacing(path) as temporary:
        temporary.write_text(json_text(content), "utf-8")
