"""What every peer of the bench has to train, and what must come of it."""

import os
import shutil
from typing import Final

import numpy as np
import pytest

from tests.kernel_runs import seeds, train_together
from xorbench.network import Array
from xorbench.peers import PEERS, Peer, PeerMissingError, Train

LEARNING_RATE: Final = 2.0
THRESHOLD: Final = 0.01
LIMIT: Final = 5000

ALREADY_TRAINED: Final = [-10, 20, 20, -30, 20, 20, -10, 20, -20]  # h1 is OR, h2 is AND
SYMMETRIC: Final = [0.5] * 9  # both hidden units stay the same for ever


def starts() -> Array:
    """Draw 64 seeds, with other cases around them: not a number of networks that fills blocks."""
    return np.vstack([ALREADY_TRAINED, seeds(0, 64), SYMMETRIC, SYMMETRIC])


def peers(*libraries: str) -> list[Peer]:
    """List the peers whose names begin with one of these."""
    return [peer for peer in PEERS if peer.name.startswith(libraries)]


def load(peer: Peer) -> Train:
    """Load a peer, or skip the test where it is missing; in CI only a compiler may be."""
    try:
        return peer.load()
    except PeerMissingError as missing:
        no_package = isinstance(missing.__cause__, ModuleNotFoundError)
        if os.environ.get("CI") == "true" and (no_package or shutil.which("g++")):
            raise
        pytest.skip(str(missing))


def check(train: Train) -> None:
    """Compare the epochs of networks with those of plain NumPy, up to one's very last epoch."""
    networks = starts()
    rates = np.full(len(networks), LEARNING_RATE)
    unlimited = train_together(networks, rates, THRESHOLD, LIMIT)
    last = int(np.percentile(unlimited[unlimited > 0], 50, method="lower"))
    expected = np.where(unlimited <= last, unlimited, -1)
    assert {0, -1, last} <= set(expected)
    assert (expected < unlimited).any()

    before = networks.copy()
    epochs = train(networks, LEARNING_RATE, THRESHOLD, last)
    assert epochs.dtype == np.int64
    assert epochs.tolist() == expected.tolist()
    assert (networks == before).all()
