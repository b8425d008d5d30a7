"""Where the files of a sweep are kept: each is there whole and durably, or not at all.

Nothing else in the library writes, reads or lists the files of chunks.
"""

import errno
import os
import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import pyarrow as pa

Content: TypeAlias = bytes | pa.Buffer

LEFTOVER = re.compile(r"\.([0-9a-f]{32}|[a-z.]+\.[0-9]+)\.tmp")
"""The names of files that are being written, here or by `places.replacing`; a process that was
killed leaves them behind."""


class Storage(ABC):
    """A folder of files. Names are relative to it, with ``/`` between folder and file.

    What cannot be done is an OSError, wherever the folder is.

    Attributes
    ----------
    location : Path or str
        As it was given, for messages.
    address : str
        Where other processes find it.
    keeps_checksums : bool
        Does it notice by itself if what is stored has changed?
    readers : int
        How many files are best read at once.
    """

    location: Path | str
    address: str
    keeps_checksums = False
    readers = 1

    @abstractmethod
    def place(self, name: str) -> str:
        """Tell where a file is, for messages and for DuckDB."""

    @abstractmethod
    def refuse_readonly(self) -> None:
        """Refuse what is known beforehand not to be writable."""

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Tell whether there is something of this name."""

    @abstractmethod
    def is_link(self, name: str) -> bool:
        """Tell whether there is a link of this name."""

    @abstractmethod
    def entries(self, folder: str) -> Iterator[tuple[str, bool]]:
        """List what a folder holds, in any order; nothing if there is no such folder.

        Beside each name, whether it is that of a file, and not of a link or a folder.
        """

    def names(self, folder: str) -> Iterator[str]:
        """List the names of what a folder holds, in any order."""
        return (name for name, _ in self.entries(folder))

    @abstractmethod
    def open(self, name: str) -> BinaryIO:
        """Open a file to read it bit by bit."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """Read a file."""

    @abstractmethod
    def read_end(self, name: str, most: int) -> bytes:
        """Read the last bytes of a file; all if there are fewer."""

    def filesystem(self, folder: str) -> Any:
        """Give what DuckDB reads a folder through, of fsspec; None if it does so by itself."""
        return None

    @abstractmethod
    def write_parts(self, name: str, parts: Iterable[Content]) -> None:
        """Write a file from its parts, in the place of an older one if there is one.

        Once this returns, neither a killed process nor a power cut can undo it.
        """

    def write(self, name: str, content: Content) -> None:
        """Write a file, as `write_parts` does."""
        self.write_parts(name, [content])

    def move(self, name: str, to: str) -> str:
        """Move a file to a folder, under a name that is free there; return that name."""
        number = 0
        last = name.rpartition("/")[2]
        target = f"{to}/{last}"
        while self.exists(target):
            number += 1
            target = f"{to}/{last}.{number}"
        self.rename(name, target)
        return target

    @abstractmethod
    def rename(self, name: str, target: str) -> None:
        """Give a file, or a folder with all it holds, a name that is free."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    @abstractmethod
    def remove_folder(self, folder: str) -> None:
        """Remove a folder, if it is there and empty."""

    @abstractmethod
    def clear(self) -> None:
        """Remove what killed processes left; no other process may be writing."""


class LocalStorage(Storage):
    """A folder on this machine, or on a file system that it shares with others.

    Parameters
    ----------
    root : Path

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     storage = LocalStorage(Path(folder))
    ...     storage.write("runs/first", b"content")
    ...     list(storage.names("runs")), storage.read("runs/first")
    (['first'], b'content')
    """

    def __init__(self, root: Path) -> None:
        self.root = self.location = root
        self.address = str(root.absolute())

    def place(self, name: str) -> str:
        """Tell where a file is."""
        return str(self.root / name)

    def refuse_readonly(self) -> None:
        """Ask for the permission to write, without writing."""
        nearest = self.root.absolute()
        while not nearest.exists():
            nearest = nearest.parent
        if not os.access(nearest, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def exists(self, name: str) -> bool:
        """Tell whether there is something of this name, be it a link to nothing."""
        return os.path.lexists(self.root / name)

    def is_link(self, name: str) -> bool:
        """Tell whether there is a link of this name."""
        return (self.root / name).is_symlink()

    def entries(self, folder: str) -> Iterator[tuple[str, bool]]:
        """List what a folder holds, and whether each is a file."""
        try:
            entries = os.scandir(self.root / folder)
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                yield entry.name, entry.is_file(follow_symlinks=False)

    def open(self, name: str) -> BinaryIO:
        """Open a file to read it bit by bit."""
        return (self.root / name).open("rb")

    def read(self, name: str) -> bytes:
        """Read a file."""
        return (self.root / name).read_bytes()

    def read_end(self, name: str, most: int) -> bytes:
        """Read the last bytes of a file."""
        with self.open(name) as file:
            length = file.seek(0, os.SEEK_END)
            file.seek(max(length - most, 0))
            return file.read()

    def write_parts(self, name: str, parts: Iterable[Content]) -> None:
        """Write a file under another name, flush it to the disk, and rename it."""
        path = self.root / name
        make_folder(path.parent)
        # Not beside the file: who reads the folder of the runs should see runs only.
        temporary = self.root / f".{uuid.uuid4().hex}.tmp"
        try:
            with temporary.open("xb") as file:
                for part in parts:
                    file.write(part)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)

    def rename(self, name: str, target: str) -> None:
        """Give a file or a folder a name that is free."""
        make_folder((self.root / target).parent)
        (self.root / name).rename(self.root / target)

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        (self.root / name).unlink(missing_ok=True)

    def remove_folder(self, folder: str) -> None:
        """Remove a folder, if it is there and empty."""
        path = self.root / folder
        if path.is_dir() and not path.is_symlink() and not any(self.names(folder)):
            path.rmdir()

    def clear(self) -> None:
        """Remove the files that killed processes were writing."""
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
