"""How a training run can end."""

from enum import StrEnum


class Outcome(StrEnum):
    """How a run ended; the values are the words in tables and files.

    The order of the members is the order of the categories in the ``outcome`` column, and a
    member's position is the code that the kernel writes.
    """

    CONVERGED = "converged"
    """The stop rule held within ``max_epochs``."""

    MAX_EPOCHS = "max_epochs"
    """Censored: the rule did not hold within ``max_epochs``; later epochs are unknown."""

    STALLED = "stalled"
    """An epoch left every weight (and momentum) bit for bit as it was, so no later one differs."""

    NONFINITE = "nonfinite"
    """A weight overflowed, or the sum of the nine magnitudes did (each near 2e307 or above)."""
