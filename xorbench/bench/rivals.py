"""Other ways to do the same training, each checked to do it before it is timed."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from xorbench.bench.rates import NETWORK_EPOCHS
from xorbench.bench.rounds import Contestant, enough
from xorbench.network import Array
from xorbench.notation import Init
from xorbench.outcome import Outcome
from xorbench.seeding import starting_weights
from xorbench.sweeping import sweep
from xorbench.threads import usable_threads

if TYPE_CHECKING:
    from xorbench.peers import Peer, Train

FEWEST_CHECKED = 64
LEARNING_RATE = 5.0
THRESHOLD = 0.01
EPOCHS = 400

# In the timed rounds no network gets there, and none has to be looked at twice.
UNREACHABLE = 1e-30
TIMED_RATE = 0.5


@dataclass(frozen=True)
class Checked:
    """A rival that works: how often its epochs at convergence were those of the kernel."""

    key: str
    label: str
    description: str
    threads: str
    networks: int
    equal: int
    compared: int


@dataclass(frozen=True)
class Missing:
    """A rival that does not, and why, in a sentence."""

    label: str
    reason: str


def library_versions(names: Iterable[str]) -> dict[str, str]:
    """Tell the versions of those of some libraries that are installed.

    Examples
    --------
    >>> list(library_versions(["numpy", "no-such-library"]))
    ['numpy']
    """
    versions = {}
    for name in names:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions


def starts(networks: int) -> Array:
    """Draw the starting weights of the first seeds."""
    return starting_weights(range(networks), Init("uniform", (0.0, 1.0)))


def expected_epochs(networks: int) -> npt.NDArray[np.int64]:
    """Train by the kernel what rivals are checked with; epochs at convergence, or -1."""
    table = sweep(
        initial_weights=starts(networks),
        learning_rate=LEARNING_RATE,
        stop=f"mse < {THRESHOLD}",
        max_epochs=EPOCHS,
    )
    return np.where(table.outcome == Outcome.CONVERGED, table.epochs, -1)


def checked(key: str, peer: "Peer", train: "Train", expected: npt.NDArray[np.int64]) -> Checked:
    """Count for how many networks a rival agrees with the kernel.

    It trains as many as it will be timed with, because for another number some compile anew.
    """
    networks = max(peer.networks, FEWEST_CHECKED)
    found = train(starts(networks), LEARNING_RATE, THRESHOLD, EPOCHS)
    equal = int((np.asarray(found) == expected[:networks]).sum())
    return Checked(key, peer.name, peer.description, peer.threads, peer.networks, equal, networks)


def contestant(key: str, peer: "Peer", train: "Train", threads: int, seconds: float) -> Contestant:
    """Let a rival take part: as many epochs as its turn takes about so many seconds."""
    weights = starts(peer.networks)

    def work(epochs: int) -> object:
        return train(weights, TIMED_RATE, UNREACHABLE, epochs)

    epochs = enough(work, seconds)
    work(epochs)
    return Contestant(
        key, peer.name, peer.networks * epochs, NETWORK_EPOCHS, threads, lambda: work(epochs)
    )


def rival_contestants(
    peers: Sequence["Peer"], threads: int, seconds: float, say: Callable[[str], object]
) -> tuple[list[Contestant], list[Checked], list[Missing]]:
    """Load, check and prepare the rivals that can be had here.

    Parameters
    ----------
    peers : sequence of Peer
    threads : int
        Of the kernel. Rivals on all threads take as many as there are.
    seconds : float
        How long a turn should take.
    say : callable
        Told what is being prepared.
    """
    contestants: list[Contestant] = []
    rivals: list[Checked] = []
    missing: list[Missing] = []
    expected = expected_epochs(max((FEWEST_CHECKED, *(peer.networks for peer in peers))))
    for peer in peers:
        say(f"preparing {peer.name}")
        key = f"peer {peer.name}"
        used = threads if peer.threads == "all" else 1
        try:
            if peer.threads == "all" and threads != usable_threads():
                raise ValueError(
                    f"It uses all processors; give --threads {usable_threads()} to compare with it."
                )
            train = peer.load()
            rival = checked(key, peer, train, expected)
            contestants.append(contestant(key, peer, train, used, seconds))
            rivals.append(rival)
        except Exception as error:  # other people's libraries fail in ways of their own
            missing.append(Missing(peer.name, " ".join(str(error).split()) or repr(error)))
    return contestants, rivals, missing
