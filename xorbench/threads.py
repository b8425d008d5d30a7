"""How many threads train."""

import os

from xorbench.notation import as_whole
from xorbench.problems import SettingsError, shown

MOST_THREADS = 1024


def usable_threads() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_threads(given: object) -> int:
    """Read a number of threads; None stands for as many as there are usable processors.

    Raises
    ------
    SettingsError
        If it is not a number of threads.

    Examples
    --------
    >>> read_threads("2"), read_threads(None) == usable_threads()
    (2, True)
    >>> read_threads(0)
    Traceback (most recent call last):
    xorbench.problems.SettingsError: threads: 0 is not allowed; give a whole number from 1 to 1024.
    """
    if given is None:
        return usable_threads()
    threads = as_whole(given)
    if threads is None or not 1 <= threads <= MOST_THREADS:
        raise SettingsError(
            [
                f"threads: {shown(given)} is not allowed; give a whole number from 1 to"
                f" {MOST_THREADS}."
            ]
        )
    return threads
