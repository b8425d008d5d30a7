"""Other ways to train the same networks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Train = Callable[[npt.NDArray[np.float64], float, float, int], npt.NDArray[np.int64]]


class PeerMissingError(Exception):
    """A peer that cannot be had here; its text is a sentence for the user."""


@dataclass(frozen=True)
class Peer:
    """One other way."""

    name: str
    description: str
    threads: Literal["one", "all"]
    networks: int
    load: Callable[[], Train]


PEERS: tuple[Peer, ...] = ()
