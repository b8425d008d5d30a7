"""One process at a time writes the folder of a sweep, or one for each shard."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import RawIOBase
from pathlib import Path

from xorbench.chunks import WHOLE, Shard
from xorbench.locations import Location
from xorbench.problems import SettingsError
from xorbench.storage import make_folder

try:
    import fcntl
except ImportError:  # Windows: there, nobody is kept out
    fcntl = None  # type: ignore[assignment]

LOCK = ".lock"

UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
"""How some network file systems answer. Then two processes may do the same work twice, which
harms nothing: chunks are replaced as a whole by the same bytes."""


@contextmanager
def locked(
    folder: Location,
    shard: Shard = WHOLE,
    *,
    advice: str = "give each process a share with --shard I/N",
) -> Iterator[None]:
    """Keep others from writing a folder of results, except other shards if this is one.

    The system lets go of a lock when its process ends, in whichever way.

    Parameters
    ----------
    folder : Path
    shard : Shard
    advice : str
        What the user may do instead of waiting for another process.

    Raises
    ------
    SettingsError
        If another process is at it.
    """
    if not isinstance(folder, Path):
        yield  # nor are there any locks on an object store
        return
    make_folder(folder)
    with ExitStack() as stack:
        if fcntl is not None:
            stack.enter_context(lock(folder, LOCK, shared=shard != WHOLE, advice=advice))
            if shard != WHOLE:
                name = f"{LOCK}-{shard.index}-of-{shard.count}"
                stack.enter_context(lock(folder, name, shared=False, advice=advice))
        yield


@contextmanager
def lock(folder: Path, name: str, *, shared: bool, advice: str) -> Iterator[None]:
    """Hold a lock on a file that is there only while it is held."""
    path = folder / name
    while True:
        with path.open("ab+", buffering=0) as file:
            if not acquire(file, shared=shared):
                file.seek(0)
                holder = file.read(200).decode("utf-8", "replace")
                raise SettingsError(
                    [
                        f"out: another process{f' ({holder})' if holder else ''} is writing"
                        f" {folder}; wait until it has finished, or {advice}."
                    ]
                )
            if not is_at(file, path):
                continue  # who held it has just removed it
            with suppress(OSError):  # on a full disk, the next one is told less
                file.truncate(0)
                if not shared:
                    file.write(f"{os.getpid()} on {socket.gethostname()}".encode())
            try:
                yield
            finally:
                if acquire(file, shared=False):
                    path.unlink(missing_ok=True)
            return


def acquire(file: RawIOBase, *, shared: bool) -> bool:
    """Try to lock a file, or to change the lock that is held on it."""
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in UNSUPPORTED:
            raise
    return True


def is_at(file: RawIOBase, path: Path) -> bool:
    """Tell whether an open file is the one that the path leads to."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
