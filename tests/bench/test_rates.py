"""The kernel's contestants do what is counted."""

import threading

from xorbench.bench.rates import MAX_EPOCHS, REGIMES, on_threads, trainer
from xorbench.bench.rounds import Contestant
from xorbench.kernel.layout import LANES


def test_every_lane_trains_for_all_the_epochs() -> None:
    for key, (_, regime) in REGIMES.items():
        assert trainer(regime)(2) == 2 * LANES * MAX_EPOCHS, key


def test_threads_work_at_the_same_time_and_do_as_much_each() -> None:
    together = threading.Barrier(3, timeout=10)
    one = Contestant("one", "one", 5.0, "turns", 1, together.wait)
    every = on_threads(one, 3)
    every.turn()
    assert (every.work, every.threads, every.label) == (15.0, 3, "one, 3 threads")
