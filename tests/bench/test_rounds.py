"""Turns and times, with clocks that only tick when told to."""

from collections.abc import Callable

from xorbench.bench.rounds import Contestant, enough, take_turns


class Clock:
    """A clock that stands still until it is moved on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def advancing(self, seconds: float) -> Callable[[], None]:
        def advance() -> None:
            self.now += seconds

        return advance


def test_contestants_take_turns_and_each_is_timed_on_its_own() -> None:
    clock, processor_clock = Clock(), Clock()
    order: list[str] = []

    def contestant(key: str, seconds: float, busy: float) -> Contestant:
        def turn() -> None:
            order.append(key)
            clock.now += seconds
            processor_clock.now += busy

        return Contestant(key, key, 1.0, "turns", 1, turn)

    times = take_turns(
        [contestant("a", 2.0, 1.0), contestant("b", 3.0, 6.0)],
        3,
        on_round=lambda done: order.append(str(done)),
        clock=clock,
        processor_clock=processor_clock,
    )
    assert order == ["0", "a", "b", "1", "b", "a", "2", "a", "b"]
    assert [took.seconds for took in times] == [[2.0] * 3, [3.0] * 3]
    assert [took.processor_seconds for took in times] == [[1.0] * 3, [6.0] * 3]


def test_enough_work_takes_the_time_asked_for_and_compiling_does_not_count() -> None:
    clock = Clock()
    done: set[int] = set()

    def work(amount: int) -> None:
        clock.now += 0.001 * amount + (0 if amount in done else 5.0)
        done.add(amount)

    assert enough(work, 0.3, clock) == 300
    assert max(done) == 100


def test_work_that_takes_too_long_is_done_once() -> None:
    clock = Clock()
    assert enough(lambda amount: clock.advancing(2.0 * amount)(), 0.3, clock) == 1
