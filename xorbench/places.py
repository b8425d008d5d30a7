"""Where results are written: refused beforehand if they cannot be, and whole or not at all."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xorbench.problems import SettingsError

MANIFEST = "manifest.json"
"""The file that makes a folder the folder of a sweep."""


def usable_folder(path: Path) -> Path:
    """Return the folder for a sweep as it was given.

    Raises
    ------
    SettingsError
        If it cannot be written, or holds other things than a sweep.
    """
    try:
        names = sorted(entry.name for entry in path.iterdir())
    except FileNotFoundError:
        names = []
    except OSError as error:
        raise unusable(path, error) from None
    if names and MANIFEST not in names:
        raise SettingsError(
            [
                f"out: the folder {path} holds other things ({', '.join(names[:3])}"
                f"{', ...' if len(names) > 3 else ''}); give a new or an empty folder."
            ]
        )
    nearest = path.absolute()
    while not nearest.exists():
        nearest = nearest.parent
    if not os.access(nearest, os.W_OK):
        raise unusable(path, PermissionError(errno.EACCES, os.strerror(errno.EACCES)))
    return path


def unusable(path: Path, error: OSError) -> SettingsError:
    """Say that a folder cannot be used."""
    return SettingsError([f"out: {path} cannot be used ({reason(error)}); give another folder."])


def reason(error: OSError) -> str:
    """Say why the system refuses something."""
    return (error.strerror or str(error)).lower()


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
    finally:
        temporary.unlink(missing_ok=True)
