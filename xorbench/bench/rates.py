"""The kernel alone: every lane busy with a run that no stop rule ends, nothing else to do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from xorbench.bench.rounds import Contestant, enough
from xorbench.block import Block
from xorbench.encoding import Grid
from xorbench.kernel.layout import LANES
from xorbench.runner import compile_kernels
from xorbench.settings import Settings, make_settings

NETWORK_EPOCHS = "network-epochs"

# So many that loading and describing runs takes no time, so few that none stalls.
MAX_EPOCHS = 20_000
LONG_RUNS = {"learning_rate": 0.5, "stop": "mse < 1e-30", "max_epochs": MAX_EPOCHS}

DURING = {"measured": "during_epoch"}
GENTLE = {"learning_rate": 1e-3}

REGIMES: dict[str, tuple[str, dict[str, Any]]] = {
    "batch": ("batch", {}),
    "momentum": ("batch, momentum", {"momentum": 0.9, "learning_rate": 0.05}),
    "during_epoch": ("online, during_epoch", {"update": "online", **DURING}),
    "after_epoch": ("online, after_epoch", {"update": "online"}),
    "single": ("batch, single precision", {"precision": "single"}),
    "nesterov": ("batch, Nesterov", {"optimizer": "nesterov", "momentum": 0.9}),
    "rprop": ("batch, Rprop", {"optimizer": "rprop", "rprop_largest_step": 1e-3, **GENTLE}),
    "quickprop": (
        "batch, Quickprop",
        {"optimizer": "quickprop", "quickprop_growth": 1.0, "learning_rate": 1e-5},
    ),
    "adam": ("batch, Adam", {"optimizer": "adam", **GENTLE}),
    "adam_online": ("online, Adam", {"optimizer": "adam", "update": "online", **GENTLE}),
    "momentum_online": ("online, momentum", {"update": "online", "momentum": 0.9}),
    "shuffled_during": ("shuffled, during_epoch", {"update": "shuffled", **DURING}),
    "shuffled": ("shuffled, after_epoch", {"update": "shuffled"}),
    "momentum_shuffled": ("shuffled, momentum", {"update": "shuffled", "momentum": 0.9}),
    "adam_shuffled": ("shuffled, Adam", {"optimizer": "adam", "update": "shuffled", **GENTLE}),
    "tanh": ("batch, tanh", {"activation": "tanh"}),
    "relu": ("batch, relu", {"activation": "relu", **GENTLE}),
}
"""Key, label, and the settings that make the regime."""

ALL_THREADS = "batch_all"


def settings_of(regime: dict[str, Any], seeds: int) -> Settings:
    """Make the settings of a regime."""
    return make_settings(**{**LONG_RUNS, "seeds": range(seeds), **regime})


def train(settings: Settings) -> int:
    """Train all runs in one thread; return the network-epochs that it took."""
    block = Block()
    for queue in Grid(settings).queues(range(settings.rows)):
        block.advance(queue, 0, settings.rows * MAX_EPOCHS, drain=True)
    return block.network_epochs


def trainer(regime: dict[str, Any]) -> Callable[[int], int]:
    """Make a function that trains so many times the lanes' number of runs."""
    compile_kernels(Grid(settings_of(regime, 1)))
    return lambda times: train(settings_of(regime, times * LANES))


def kernel_contestants(threads: int, seconds: float) -> list[Contestant]:
    """Prepare the kernel in each regime on one thread, and in the first one on all.

    Parameters
    ----------
    threads : int
    seconds : float
        How long a turn should take.
    """
    contestants = []
    for key, (label, regime) in REGIMES.items():
        work = trainer(regime)
        times = enough(work, seconds)
        turn = partial(work, times)
        contestants.append(Contestant(key, label, turn(), NETWORK_EPOCHS, 1, turn))
    if threads > 1:
        contestants.append(on_threads(contestants[0], threads))
    return contestants


def on_threads(one: Contestant, threads: int) -> Contestant:
    """Let a contestant work in several threads at once."""

    def turn() -> None:
        with ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(one.turn) for _ in range(threads)]:
                future.result()

    label = f"{one.label}, {threads} threads"
    return Contestant(ALL_THREADS, label, threads * one.work, one.unit, threads, turn)
