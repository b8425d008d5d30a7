"""Where the files of a sweep are kept: each is there whole and durably, or not at all.

Nothing else in the library writes, reads or lists the files of chunks.
"""

import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

Content: TypeAlias = bytes | pa.Buffer

LEFTOVER = re.compile(r"\.[0-9a-f]{32}\.tmp")
"""The name of a file that is being written; a process that was killed leaves it behind."""


class Storage:
    """A folder on this machine, or on a file system that it shares with others.

    Names are relative to it, with ``/`` between folder and file.

    Parameters
    ----------
    root : Path

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     storage = Storage(Path(folder))
    ...     storage.write("runs/first", b"content")
    ...     list(storage.names("runs")), storage.read("runs/first")
    (['first'], b'content')
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, name: str) -> str:
        """Tell where a file is, for messages."""
        return str(self.root / name)

    def exists(self, name: str) -> bool:
        """Tell whether there is something of this name."""
        return os.path.lexists(self.root / name)

    def is_file(self, name: str) -> bool:
        """Tell whether there is a file of this name, and not a link or a folder."""
        path = self.root / name
        return path.is_file() and not path.is_symlink()

    def is_link(self, name: str) -> bool:
        """Tell whether there is a link of this name."""
        return (self.root / name).is_symlink()

    def names(self, folder: str) -> Iterator[str]:
        """List what a folder holds, in any order; nothing if there is no such folder."""
        try:
            entries = os.scandir(self.root / folder)
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                yield entry.name

    def read(self, name: str) -> bytes:
        """Read a file."""
        return (self.root / name).read_bytes()

    def write(self, name: str, content: Content) -> None:
        """Write a file, in the place of an older one if there is one.

        Once this returns, neither a killed process nor a power cut can undo it.
        """
        path = self.root / name
        make_folder(path.parent)
        # Not beside the file: who reads the folder of the runs should see runs only.
        temporary = self.root / f".{uuid.uuid4().hex}.tmp"
        try:
            with temporary.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)

    def move(self, name: str, to: str) -> str:
        """Move a file to a folder, under a name that is free there; return that name."""
        make_folder(self.root / to)
        number = 0
        target = f"{to}/{Path(name).name}"
        while self.exists(target):
            number += 1
            target = f"{to}/{Path(name).name}.{number}"
        (self.root / name).rename(self.root / target)
        return target

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.root / name).unlink(missing_ok=True)

    def remove_folder(self, folder: str) -> None:
        """Remove a folder, if it is there and empty."""
        path = self.root / folder
        if path.is_dir() and not path.is_symlink() and not any(self.names(folder)):
            path.rmdir()

    def clear(self) -> None:
        """Remove what killed processes left; no other process may be writing."""
        for name in list(self.names("")):
            if LEFTOVER.fullmatch(name):
                self.remove(name)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, durably."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    if os.name == "nt":
        return  # Windows cannot, and need not
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
