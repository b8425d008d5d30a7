"""Other ways are checked before they are timed, and compared on as many threads as they use."""

from typing import Any, Literal

import numpy as np
import pytest

from xorbench import peers
from xorbench.bench import rivals
from xorbench.bench.rivals import FEWEST_CHECKED, expected_epochs, rival_contestants
from xorbench.threads import usable_threads


def nobody_says(_: str) -> None:
    pass


def test_most_of_the_checked_networks_converge_but_not_all() -> None:
    expected = expected_epochs(100)
    assert expected.size == 100
    assert 0.5 < (expected > 0).mean() < 1
    assert np.unique(expected).size > 10


@pytest.mark.parametrize("networks", [5, 100])
@pytest.mark.parametrize("threads", ["one", "all"])
def test_a_rival_is_checked_and_then_trains_its_number_of_networks(
    monkeypatch: pytest.MonkeyPatch, threads: Literal["one", "all"], networks: int
) -> None:
    expected = expected_epochs(100)
    compared = max(networks, FEWEST_CHECKED)
    asked: list[tuple[int, int]] = []

    def train(starts: Any, rate: float, threshold: float, epochs: int) -> Any:
        asked.append((len(starts), epochs))
        return np.where(np.arange(len(starts)) < 3, 0, expected[: len(starts)])

    monkeypatch.setattr(rivals, "enough", lambda work, seconds: 7)
    monkeypatch.setattr(rivals, "usable_threads", lambda: 2)
    peer = peers.Peer("made up", "made up", threads, networks, lambda: train)
    (contestant,), (checked,), missing = rival_contestants([peer], 2, 0.1, nobody_says)
    contestant.turn()
    assert missing == []
    assert (checked.equal, checked.compared) == (compared - 3, compared)
    assert contestant.work == networks * 7
    assert contestant.threads == (1 if threads == "one" else 2)
    assert asked == [(compared, rivals.EPOCHS), (networks, 7), (networks, 7)]


def test_a_rival_on_all_processors_is_not_compared_with_fewer_threads() -> None:
    peer = peers.Peer("crowd", "many", "all", 5, lambda: None)  # type: ignore[arg-type,return-value]
    threads = usable_threads() + 1
    contestants, checked, (missing,) = rival_contestants([peer], threads, 0.1, nobody_says)
    assert (contestants, checked) == ([], [])
    assert f"give --threads {usable_threads()} to compare" in missing.reason
