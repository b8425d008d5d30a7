"""Starting weights against NumPy's own generator, bit for bit."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorbench.network import Array
from xorbench.notation import Init
from xorbench.seeding import starting_weights

Draw = Callable[[np.random.RandomState, tuple[int, int]], Array]

LAST = 2**32 - 1

any_seed = st.integers(0, LAST)
# More and fewer than the 16 that are computed together, and often the two ends.
many_seeds = st.lists(any_seed | st.sampled_from([0, LAST]), min_size=1, max_size=40)
bounds = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).filter(
    lambda pair: pair[0] != pair[1]
)
deviations = st.floats(1e-6, 1e6)

UNIT = Init("uniform", (0.0, 1.0))
XAVIER = Init("xavier", ())
inits = (
    st.builds(lambda pair: Init("uniform", (min(pair), max(pair))), bounds)
    | st.builds(lambda deviation: Init("normal", (deviation,)), deviations)
    | st.just(XAVIER)
)


def drawn(seed: int, init: Init) -> Array:
    """What the tutorial's lines draw: W1 with a column for each hidden unit, then W2."""
    state = np.random.RandomState(seed)
    if init.kind == "xavier":
        first, second = state.random_sample((3, 2)), state.random_sample((3, 1))
        first, second = (6 / 4) ** 0.5 * (2 * first - 1), (6 / 3) ** 0.5 * (2 * second - 1)
        first[0], second[0] = 0, 0
    elif init.kind == "uniform":
        low, high = init.parameters
        first, second = state.uniform(low, high, (3, 2)), state.uniform(low, high, (3, 1))
    else:
        deviation = init.parameters[0]
        first, second = state.normal(0.0, deviation, (3, 2)), state.normal(0.0, deviation, (3, 1))
    return np.concatenate([first[:, 0], first[:, 1], second[:, 0]])


def assert_drawn(seeds: Sequence[int], init: Init) -> None:
    expected = np.array([drawn(seed, init) for seed in seeds])
    np.testing.assert_array_equal(starting_weights(seeds, init), expected)


@given(many_seeds, inits)
def test_each_seed_gives_what_numpy_draws_from_it(seeds: list[int], init: Init) -> None:
    assert_drawn(seeds, init)


@pytest.mark.parametrize(
    "init", [UNIT, XAVIER, Init("uniform", (-1.0, 1.0)), Init("normal", (1.0,))]
)
def test_the_first_and_the_last_thousand_seeds_are_numpys(init: Init) -> None:
    assert_drawn([*range(1000), *range(LAST - 999, LAST + 1)], init)


@pytest.mark.parametrize("count", [0, 1, 2, 15, 16, 17, 31, 32, 33])
def test_any_number_of_seeds_will_do(count: int) -> None:
    seeds = range(LAST - count + 1, LAST + 1)
    expected = np.reshape([drawn(seed, UNIT) for seed in seeds], (count, 9))
    np.testing.assert_array_equal(starting_weights(seeds, UNIT), expected, strict=True)


def test_a_uniform_start_is_nine_random_samples_and_seed_27_has_the_tutorials() -> None:
    numbers = np.random.RandomState(27).random_sample(9)
    weights = starting_weights([27], UNIT)[0]
    assert weights.tolist() == numbers[[0, 2, 4, 1, 3, 5, 6, 7, 8]].tolist()
    assert weights.round(8).tolist() == [
        *(0.42572141, 0.73539729, 0.38338077),
        *(0.81458374, 0.8680032, 0.97945663),
        *(0.89319435, 0.20971517, 0.74182765),
    ]


def test_xaviers_biases_are_zero_and_its_weights_fill_their_ranges() -> None:
    weights = starting_weights(range(10_000), XAVIER)
    assert not weights[:, [0, 3, 6]].any()
    assert not np.signbit(weights[:, [0, 3, 6]]).any()
    # Of U(-a, a) the variance is a^2 / 3, which is 2 / (inputs + outputs).
    np.testing.assert_allclose(weights.var(axis=0), np.array([0, 3, 3, 0, 3, 3, 0, 4, 4]) / 6, 0.05)
    np.testing.assert_allclose(np.abs(weights[:, 1]).max(), 1.5**0.5, rtol=1e-3)
    np.testing.assert_allclose(np.abs(weights[:, 8]).max(), 2**0.5, rtol=1e-3)


@given(many_seeds, inits, st.data())
def test_a_row_does_not_depend_on_its_neighbours(
    seeds: list[int], init: Init, data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(seeds) - 1))
    alone = starting_weights([seeds[row]], init)
    np.testing.assert_array_equal(starting_weights(seeds, init)[row], alone[0])


def test_seeds_come_as_any_integers() -> None:
    expected = starting_weights([3, LAST], UNIT)
    for seeds in (np.array([3, LAST], np.uint32), np.array([3, 9, LAST])[::2], (3, LAST)):
        np.testing.assert_array_equal(starting_weights(seeds, UNIT), expected)
