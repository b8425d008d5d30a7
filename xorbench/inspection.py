"""What lies among the stored runs: whole chunks, damaged ones, and what is none."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from xorbench.chunk_files import END, DamagedError, Provenance, examine
from xorbench.chunks import RUNS, WHOLE, Chunks, Shard
from xorbench.problems import SettingsError
from xorbench.storage import Storage

SET_ASIDE = "set-aside"
"""Where files go that lie among the runs and are none of them."""

PORTION = 1024  # names that are handed to the readers at once


@dataclass
class Findings:
    """What was found.

    Attributes
    ----------
    stored : bool array (chunks,)
        Which chunks have a whole file.
    damaged : dict
        For the names of damaged files, what is wrong with them.
    foreign : list of str
        Names of what is no chunk of the sweep.
    of_other_kernel : list of str
        Those of them that differ from the sweep's in what computed them alone.
    """

    stored: npt.NDArray[np.bool_]
    damaged: dict[str, str] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)
    of_other_kernel: list[str] = field(default_factory=list)


def inspect(
    storage: Storage,
    chunks: Chunks,
    provenance: Callable[[range], Provenance],
    shard: Shard = WHOLE,
) -> Findings:
    """Look at all files among the runs; of other shards' chunks, at the names only.

    Where the storage keeps checksums of its own, only the end of each file is read.

    Raises
    ------
    SettingsError
        If the folder of the runs is a link.
    """
    refuse_link(storage)
    mine = shard.numbers(chunks.total)
    found = Findings(np.zeros(chunks.total, np.bool_))
    named: dict[str, int] = {}
    for name, is_file in sorted(storage.entries(RUNS)):
        number = chunks.number_of(name)
        if number is None or not is_file:
            found.foreign.append(name)
        elif number in mine:
            named[name] = number
    for name, actual in examined(storage, list(named)):
        expected = asdict(provenance(chunks[named[name]]))
        if isinstance(actual, DamagedError):
            found.damaged[name] = str(actual)
        elif actual == expected:
            found.stored[named[name]] = True
        else:
            found.foreign.append(name)
            makers = {key: expected[key] for key in ("kernel", "version")}
            if actual | makers == expected:
                found.of_other_kernel.append(name)
    found.foreign.sort()
    return found


def put_in_order(
    storage: Storage, chunks: Chunks, found: Findings, whole: str, tell: Callable[[str], None]
) -> None:
    """Tell what was found and should not be there, and move what is no chunk out of the way.

    Parameters
    ----------
    storage : Storage
    chunks : Chunks
    found : Findings
    whole : str
        What the chunks are of, in a word.
    tell : callable
        Called with a sentence.
    """
    if found.damaged:
        numbers = sorted({chunks.number_of(name) or 0 for name in found.damaged})
        reasons = [f"{name} ({damage})" for name, damage in found.damaged.items()]
        tell(
            f"{storage.location}: {files(len(reasons))} in {RUNS}/ damaged, and"
            f" {chunks.only(numbers).runs:,} runs are trained again: {listed(reasons)}."
        )
    for name in found.foreign:
        storage.move(f"{RUNS}/{name}", SET_ASIDE)
    if found.foreign:
        tell(
            f"{storage.location}: {files(len(found.foreign))} in {RUNS}/ not of this {whole}, and"
            f" moved to {storage.place(SET_ASIDE)}: {listed(found.foreign)}."
        )


def files(number: int) -> str:
    """Count files, and say that they are: "1 file is", "2 files are"."""
    return f"{number:,} file{' is' if number == 1 else 's are'}"


def examined(
    storage: Storage, names: list[str]
) -> Iterator[tuple[str, dict[str, Any] | DamagedError]]:
    """Tell the provenance of files among the runs, or what is wrong with them, in their order."""

    def examine_one(name: str) -> dict[str, Any] | DamagedError:
        path = f"{RUNS}/{name}"
        try:
            if storage.keeps_checksums:
                return examine(storage.read_end(path, END), only_end=True)
            return examine(storage.read(path))
        except DamagedError as damage:
            return damage

    with ThreadPoolExecutor(storage.readers) as pool:
        for start in range(0, len(names), PORTION):
            portion = names[start : start + PORTION]
            yield from zip(portion, pool.map(examine_one, portion), strict=True)


def refuse_link(storage: Storage) -> None:
    """Refuse a folder of runs that is a link, which may lead to anything."""
    if storage.is_link(RUNS):
        raise SettingsError(
            [f"out: {storage.place(RUNS)} is a link; put a folder there, or give another one."]
        )


def listed(names: list[str], most: int = 5) -> str:
    """List names in a sentence, the first few if there are many.

    Examples
    --------
    >>> listed(["a", "b"]), listed(list("abcdefg"), most=3)
    ('a, b', 'a, b, c and 4 more')
    """
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest > 0 else "")
