"""A folder on an object store that speaks the protocol of Amazon's S3.

An object is there as soon as it is stored, whole and durably; so it needs no temporary name. There
are no folders: a prefix that many names begin with looks like one.

Credentials and the endpoint are found where all of AWS's tools find them, such as in the variables
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import BinaryIO

from botocore.exceptions import NoCredentialsError
from s3fs import S3FileSystem

from xorbench.storage import Content, Storage

NO_CREDENTIALS = (
    "no credentials are found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what else AWS's"
    " tools read"
)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what can go wrong into an OSError that says so in a few words."""
    try:
        yield
    except FileNotFoundError as error:
        response = getattr(error.__cause__, "response", {})
        if response.get("Error", {}).get("Code") == "NoSuchBucket":
            # Unlike a missing object, it is never what is expected.
            raise OSError("there is no such bucket") from error
        raise
    except NoCredentialsError as error:
        raise OSError(NO_CREDENTIALS) from error
    except PermissionError as error:
        raise PermissionError(f'the store answers "{error}"') from error
    except OSError:
        raise
    except Exception as error:  # botocore has a hundred kinds, with nothing but Exception above all
        # Of addresses, the query says what was asked, which is nothing that the user has written.
        text = re.sub(r'\?[^"\s]*', "", " ".join(str(error).split()))
        raise OSError(text.rstrip(".")) from error


class ObjectStorage(Storage):
    """A folder on an object store.

    Parameters
    ----------
    url : str
        ``s3://BUCKET/PATH``
    """

    keeps_checksums = True
    readers = 16  # nearly all of the time of a reader is spent waiting

    def __init__(self, url: str) -> None:
        self.location = self.address = url

    @cached_property
    def connection(self) -> S3FileSystem:
        """The connection, made when it is first needed.

        While runs are trained, it is patient with a network that fails for a while. But who has
        mistyped an address should not wait: so a request without patience goes before.
        """
        with explained():
            hasty = S3FileSystem(config_kwargs={"retries": {"total_max_attempts": 2}})
            hasty.retries = 1
            bucket, prefix, _ = hasty.split_path(self.address)
            hasty.call_s3("list_objects_v2", Bucket=bucket, Prefix=prefix, MaxKeys=1)
            # Others write, too: what was listed before may not be all.
            return S3FileSystem(use_listings_cache=False)

    def place(self, name: str) -> str:
        """Tell where a file is."""
        return f"{self.address}/{name}".rstrip("/")

    def refuse_readonly(self) -> None:
        """Do nothing: only writing tells. The manifest is written before anything is trained."""

    @explained()
    def exists(self, name: str) -> bool:
        """Tell whether there is an object of this name, or any whose names begin with it and /."""
        return bool(self.connection.exists(self.place(name)))

    def is_link(self, name: str) -> bool:
        """Tell that there are no links."""
        return False

    @explained()
    def entries(self, folder: str) -> Iterator[tuple[str, bool]]:
        """List what a folder holds, and whether each is an object, or how several begin."""
        try:
            found = self.connection.ls(self.place(folder), detail=True)
        except FileNotFoundError as error:
            if error.__cause__ is not None:
                raise
            found = []
        entries = ((one["name"].rpartition("/")[2], one["type"] == "file") for one in found)
        # An empty object whose name ends with / is how some programs make an empty folder.
        return (entry for entry in entries if entry[0])

    @explained()
    def open(self, name: str) -> BinaryIO:
        """Open an object to read it bit by bit."""
        file: BinaryIO = self.connection.open(self.place(name), "rb")
        return file

    @explained()
    def read(self, name: str) -> bytes:
        """Read an object."""
        return bytes(self.connection.cat_file(self.place(name)))

    @explained()
    def read_end(self, name: str, most: int) -> bytes:
        """Read the last bytes of an object."""
        return bytes(self.connection.cat_file(self.place(name), start=-most))

    @explained()
    def filesystem(self, folder: str) -> S3FileSystem:
        """Give what DuckDB reads a folder through.

        It lists the folder once, where another would ask for each file a dozen times; and it reads
        no more than it is told to, since DuckDB knows what it will need.
        """
        filesystem = S3FileSystem(default_cache_type="none")
        filesystem.ls(self.place(folder), refresh=True)
        return filesystem

    @explained()
    def write(self, name: str, content: Content) -> None:
        """Write an object by one request."""
        self.connection.pipe_file(self.place(name), bytes(content))

    @explained()
    def write_parts(self, name: str, parts: Iterable[Content]) -> None:
        """Write an object that may be larger than the memory; only the last request makes it."""
        with self.connection.transaction, self.connection.open(self.place(name), "wb") as file:
            for part in parts:
                file.write(part)

    @explained()
    def rename(self, name: str, target: str) -> None:
        """Copy objects and remove those that were copied."""
        source = self.place(name)
        _, key, _ = self.connection.split_path(source)
        for place in self.connection.find(source):
            _, found, _ = self.connection.split_path(place)
            self.connection.cp_file(place, self.place(target) + found.removeprefix(key))
            self.connection.rm_file(place)

    @explained()
    def remove(self, name: str) -> None:
        """Remove an object, if it is there."""
        self.connection.rm_file(self.place(name))

    def remove_folder(self, folder: str) -> None:
        """Do nothing: what holds nothing is not there."""

    def clear(self) -> None:
        """Do nothing: what was not written to its end is not there."""
