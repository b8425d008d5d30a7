"""Colours: by rank, by pair, and by outcome."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from scipy.stats import rankdata

from xorbench import gates
from xorbench.maps.colouring import HUES, PLAIN, legend, marks, paint, ranks, scale
from xorbench.maps.ending import Ending, pairs_by_frequency
from xorbench.outcome import Outcome

AND, OR, NOR, NAND = map(gates.NAMES.index, ("AND", "OR", "NOR", "NAND"))


def made_up() -> Ending:
    """One line of six runs: three that converged, and one of each other outcome."""
    rows = [
        [0, 0, 0, 1, 2, 3],
        [10, 20, 20, 99, 5, 6],
        [AND, NOR, OR, 0, 0, 0],
        [OR, NAND, AND, 0, 0, 0],
    ]
    outcomes, epochs, h1, h2 = (np.array([row]) for row in rows)
    return Ending(outcomes.astype(np.uint8), epochs, h1.astype(np.uint8), h2.astype(np.uint8))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_ranks_are_those_of_scipy(epochs: list[int]) -> None:
    expected = (rankdata(epochs) - 0.5) / len(epochs)
    np.testing.assert_allclose(ranks(np.array(epochs)), expected, atol=1e-12)


@pytest.mark.parametrize("colours", ["epochs", "pairs"])
def test_each_outcome_has_its_own_colour(colours: str) -> None:
    image = paint(made_up(), colours)[0] / 255
    for place, outcome in ((3, Outcome.MAX_EPOCHS), (4, Outcome.STALLED), (5, Outcome.NONFINITE)):
        np.testing.assert_allclose(image[place], to_rgb(PLAIN[outcome][0]), atol=0.01)
    assert not any(
        np.allclose(image[place], to_rgb(colour), atol=0.1)
        for place in range(3)
        for colour, _ in PLAIN.values()
    )


def test_faster_runs_are_lighter() -> None:
    lightness = scale() @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness[::3]) < 0).all()
    one, other, same, *_ = paint(made_up(), "epochs")[0].astype(int)
    assert one.sum() > other.sum()
    assert (other == same).all()


def test_pairs_are_counted_in_either_order() -> None:
    assert pairs_by_frequency(made_up()) == {AND * 16 + OR: 2, NOR * 16 + NAND: 1}
    texts = [entry.text for entry in legend(made_up(), "pairs", 99)]
    assert texts == [
        "AND & OR: 66.7 %",
        "NOR & NAND: 33.3 %",
        "not converged within 99 epochs: 16.7 %",
        "stalled: no weight changes any more: 16.7 %",
        "a weight overflowed: 16.7 %",
    ]
    middling = [entry.colours[1] for entry in legend(made_up(), "pairs", 99)[:2]]
    assert middling == [hue.lower() for hue in HUES[:2]]


def test_marks_stand_at_their_ranks() -> None:
    epochs = np.random.default_rng(3).integers(7, 5000, (1, 9000))
    nothing = np.zeros((1, 9000), np.uint8)
    places, texts = marks(Ending(nothing, epochs, nothing, nothing))
    assert texts[0] == "7"
    assert "1,000" in texts
    for place, text in zip(places, texts, strict=True):
        assert (epochs < int(text.replace(",", ""))).mean() == pytest.approx(place, abs=0.01)
    assert min(np.diff(places)) > 0.08


def test_where_nothing_converged_there_are_no_marks() -> None:
    nothing = np.zeros((2, 2), np.uint8)
    ending = Ending(nothing + 1, nothing.astype(np.int64), nothing, nothing)
    assert marks(ending) == ([], [])
    assert (paint(ending, "epochs") == paint(ending, "pairs")).all()
