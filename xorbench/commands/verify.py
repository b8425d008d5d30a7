"""The command `verify`: whether a stored sweep is what it says."""

import secrets
import sys
from functools import partial
from typing import TYPE_CHECKING

from xorbench.commands import DONE, FAILED, Job, say
from xorbench.commands.options import Text
from xorbench.problems import all_of

if TYPE_CHECKING:
    from xorbench.locations import Location

SAMPLE = 1000
MOST_SAMPLE = 10**6
MOST_SEED = 2**32 - 1
MOST_LINES = 20


def verify(
    folder: str,
    /,
    *,
    sample: Text = None,
    seed: Text = None,
    threads: Text = None,
) -> Job:
    """Check a stored sweep: its files, its row numbers, and rows drawn at random, computed again.

    Every column of these rows is compared bit for bit. The exit code is 1 if anything differs.

    Parameters
    ----------
    folder
        The folder of the sweep, or s3://BUCKET/PATH.
    sample
        How many rows are drawn. Default 1000.
    seed
        Decides which. Default: another one each time; it is printed.
    threads
        Default: as many as there are processors.
    """
    from xorbench.axes import read_whole
    from xorbench.locations import read_location, storage_at
    from xorbench.manifest import read_manifest, stored_settings
    from xorbench.threads import read_threads

    size, drawing, number_of_threads, _ = all_of(
        lambda: SAMPLE if sample is None else read_whole("sample", sample, 0, MOST_SAMPLE),
        lambda: (
            secrets.randbelow(10**6) if seed is None else read_whole("seed", seed, 0, MOST_SEED)
        ),
        lambda: read_threads(threads),
        lambda: stored_settings(storage_at(folder), read_manifest(folder)),
    )
    return partial(run_verify, read_location(folder), size, drawing, number_of_threads)


def run_verify(folder: "Location", sample: int, seed: int, threads: int) -> int:
    """Check a stored sweep and print what was found."""
    from xorbench import verifying
    from xorbench.places import how_to_repair
    from xorbench.progress import progress_bar

    show = partial(progress_bar, shown=sys.stderr.isatty())
    found = verifying.verify(folder, sample, seed, threads=threads, progress=show)
    for note in found.notes:
        say(note)
    rows = [f"row {row:,}: {difference}." for row, difference in found.differing.items()]
    for lines in (found.problems, rows):
        for line in lines[:MOST_LINES]:
            print(line)
        if len(lines) > MOST_LINES:
            print(f"... and {len(lines) - MOST_LINES:,} more.")
    print(
        f"{found.rows:,} runs; {found.files:,} file{'' if found.files == 1 else 's'} whole, with"
        f" every row once; of {found.drawn:,} rows drawn with seed {seed} and computed again,"
        f" {len(rows):,} differ."
    )
    if found.problems:
        say(f"{how_to_repair(folder)}.")
    return FAILED if found.problems or rows else DONE
