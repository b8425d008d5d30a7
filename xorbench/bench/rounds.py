"""Contestants take turns, so that a slow minute of the machine hits all of them alike.

Every second round runs backwards, so that nobody always follows the same neighbour. Medians over
the rounds are told, and ratios are taken within each round. Two clocks run: one on
the wall, and one of the time that this process had a processor.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True)
class Contestant:
    """Something whose speed is measured.

    Attributes
    ----------
    key : str
        Its name in the results, unique.
    label : str
        Its name for readers.
    work : float
        How much it does in one turn, in its unit.
    unit : str
    threads : int
    turn : callable
    """

    key: str
    label: str
    work: float
    unit: str
    threads: int
    turn: Callable[[], object]


@dataclass
class Times:
    """What the turns of a contestant took: seconds on the wall, and seconds of processors."""

    seconds: list[float]
    processor_seconds: list[float]


def take_turns(
    contestants: Sequence[Contestant],
    rounds: int,
    *,
    on_round: Callable[[int], object] = lambda done: None,
    clock: Clock = time.perf_counter,
    processor_clock: Clock = time.process_time,
) -> list[Times]:
    """Time every contestant once a round.

    Parameters
    ----------
    contestants : sequence of Contestant
    rounds : int
    on_round : callable, optional
        Called before each round with the number of those that are over.
    clock, processor_clock : callable, optional

    Returns
    -------
    list of Times
        One a contestant.
    """
    times = [Times([], []) for _ in contestants]
    for done in range(rounds):
        on_round(done)
        pairs = list(zip(contestants, times, strict=True))
        for contestant, took in pairs[:: -1 if done % 2 else 1]:
            start, processor_start = clock(), processor_clock()
            contestant.turn()
            took.seconds.append(clock() - start)
            took.processor_seconds.append(processor_clock() - processor_start)
    return times


def enough(work: Callable[[int], object], seconds: float, clock: Clock = time.perf_counter) -> int:
    """Find how much work takes about so many seconds.

    Parameters
    ----------
    work : callable
        Does a given amount of work, 1 or more.
    seconds : float
    clock : callable, optional

    Returns
    -------
    int
    """
    amount = 1
    while True:
        work(amount)  # not timed: some compile anew for every amount
        start = clock()
        work(amount)
        took = clock() - start
        if took > seconds / 10:
            return max(1, round(amount * seconds / took))
        amount *= 10
