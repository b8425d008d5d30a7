"""The commands, a module each: check all that was given, then hand back the job that is left.

Heavy modules are imported inside the functions, so that ``--help`` answers at once.
"""

import sys
from collections.abc import Callable
from typing import TypeAlias

DONE = 0
FAILED = 1
BAD_USAGE = 2
PARTIAL = 3
OTHER_SETTINGS = 4
INTERRUPTED = 130

Job: TypeAlias = Callable[[], int]
"""What is left of a command once all it was given has been checked; returns the exit code."""


def say(text: str) -> None:
    """Write a message to standard error."""
    print(f"xorbench: {text}", file=sys.stderr)
