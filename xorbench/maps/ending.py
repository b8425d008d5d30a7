"""How the runs of a map ended: an array for each thing that a picture needs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xorbench import gates
from xorbench.outcome import Outcome

COLOURS = ("epochs", "pairs")
"""What the colour of a run that converged may tell."""

CODES = {outcome: code for code, outcome in enumerate(Outcome)}


@dataclass(frozen=True)
class Ending:
    """How each run ended, in arrays of the shape (height, width), the lowest line first.

    Attributes
    ----------
    outcomes : uint8 array
        Positions in Outcome.
    epochs : int64 array
    h1_gates, h2_gates : uint8 arrays
        Codes of the gates.
    """

    outcomes: npt.NDArray[np.uint8]
    epochs: npt.NDArray[np.int64]
    h1_gates: npt.NDArray[np.uint8]
    h2_gates: npt.NDArray[np.uint8]

    def having(self, outcome: Outcome) -> npt.NDArray[np.bool_]:
        """Tell which runs ended so."""
        return np.equal(self.outcomes, CODES[outcome])

    @property
    def converged(self) -> npt.NDArray[np.bool_]:
        """Which runs converged."""
        return self.having(Outcome.CONVERGED)

    @property
    def pairs(self) -> npt.NDArray[np.uint8]:
        """The pair of hidden gates of each run as a number, the same in either order."""
        one, other = (
            np.minimum(self.h1_gates, self.h2_gates),
            np.maximum(self.h1_gates, self.h2_gates),
        )
        return one * np.uint8(16) + other


def pair_name(pair: int) -> str:
    """Name the pair of gates with a number.

    Examples
    --------
    >>> pair_name(1 * 16 + 7)
    'AND & OR'
    """
    one, other = divmod(pair, 16)
    return f"{gates.NAMES[one]} & {gates.NAMES[other]}"


def pairs_by_frequency(ending: Ending) -> dict[int, int]:
    """Count the pairs of the runs that converged, the most frequent first."""
    counts = np.bincount(ending.pairs[ending.converged], minlength=256)
    order = np.argsort(-counts, kind="stable")
    return {int(pair): int(counts[pair]) for pair in order if counts[pair]}
