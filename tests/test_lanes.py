"""The compiled kernel against the plain network, and against itself in other company."""

import platform
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import llvmlite.binding
import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.kernel_runs import (
    FOR_EVER,
    OUTCOMES,
    Runs,
    Setting,
    compiled,
    covering_settings,
    queue_of,
    seeds,
    states,
    train,
    train_one,
    train_together,
)
from xorbench import gates, network
from xorbench.block import Block, nothing
from xorbench.jit import FLAGS
from xorbench.kernel import forward
from xorbench.kernel.arithmetic import LARGEST_NET
from xorbench.kernel.forward import SIGMOID
from xorbench.kernel.lanes import CLOCK, advance, describe_all
from xorbench.kernel.layout import LANES, Nine, Quad
from xorbench.network import ERRORS, METRICS, Array
from xorbench.outcome import Outcome

EPSILON = np.finfo(np.float64).eps
SWAP = [3, 4, 5, 0, 1, 2, 6, 8, 7]  # the same network with its hidden units exchanged

COVERING = covering_settings()
# Loose enough for a few hundred epochs; none of them is exactly what equal outputs measure.
THRESHOLDS = {
    "mse": 0.17,
    "sse": 0.7,
    "half_mse": 0.09,
    "half_sse": 0.35,
    "rms": 0.41,
    "max_error": 0.45,
    "cross_entropy": 0.55,
}
# Both kinds of update in single precision, with and without momentum.
SINGLE = [
    Setting(precision="single"),
    Setting(precision="single", update="online", momentum=0.5),
]
NEVER = 1e-300  # a threshold that no network of these tests gets below

any_seed = st.integers(0, 2**32 - 1)


@st.composite
def any_setting(draw: st.DrawFn) -> Setting:
    """Draw all that a run depends on; of the kernel's variants, those of `covering_settings`."""
    base = draw(st.sampled_from(COVERING))
    metric = base.metric
    if metric == "mse":
        metric = draw(st.sampled_from(sorted(set(METRICS) - {"max_error", "cross_entropy"})))
    error = base.error
    if error == "mse":
        error = draw(st.sampled_from([e for e in ERRORS if e != "cross_entropy"]))
    setting = replace(base, metric=metric, error=error, threshold=THRESHOLDS[metric])
    if base.momentum:
        setting = replace(setting, momentum=draw(st.floats(0.1, 0.95)))
    # The same steps for all errors: those of a learning rate up to 2 for the mse.
    return replace(setting, learning_rate=draw(st.floats(0.05, 1)) / setting.factor)


def assert_same_bits(one: Runs, other: Runs) -> None:
    assert one.tobytes() == other.tobytes()


def test_the_settings_cover_each_pair_of_choices() -> None:
    for one, other in combinations((0, 1, 4, 5, 6), 2):
        sizes = [len({setting.variant[k] for setting in COVERING}) for k in (one, other)]
        pairs = {(setting.variant[one], setting.variant[other]) for setting in COVERING}
        assert len(pairs) == sizes[0] * sizes[1]


# The mathematics: one epoch, and whole runs, as the plain network has them.


@given(arrays(np.float64, 9, elements=st.floats(-5, 5)), any_setting(), st.integers(1, 3))
def test_a_few_epochs_are_the_plain_networks(start: Array, setting: Setting, epochs: int) -> None:
    setting = replace(setting, threshold=NEVER, max_epochs=epochs)
    weights, velocity = start, np.zeros(9)
    for _ in range(epochs):
        weights, velocity, _ = network.epoch(
            weights,
            velocity,
            setting.learning_rate,
            setting.momentum,
            setting.update,
            setting.error,
        )
    outcome, trained, ours = train_one(start, setting)
    assert outcome == Outcome.STALLED or (outcome, trained) == (Outcome.MAX_EPOCHS, epochs)
    tolerance = 10.0 ** (epochs - 15)  # 1e-14 for the first
    assert (np.abs(ours - weights) <= tolerance * np.maximum(1, np.abs(weights))).all()


@pytest.mark.parametrize("setting", [*COVERING, *SINGLE])
def test_testing_the_rule_after_each_epoch_changes_no_bit_of_the_training(setting: Setting) -> None:
    """What an epoch computes for the test and what for the learning are the same numbers."""
    starts = np.random.default_rng(5).uniform(-2, 2, (60, 9))
    starts[::3] *= np.geomspace(10, 1e4, 20)[:, np.newaxis]  # some need the careful forward pass
    setting = replace(setting, learning_rate=3.0, threshold=NEVER, max_epochs=40)
    after, during = (
        train(starts, replace(setting, measured=measured))
        for measured in ("after_epoch", "during_epoch")
    )
    assert_same_bits(after, during)


@given(any_seed, any_setting())
@settings(max_examples=60)
def test_runs_end_when_and_as_the_plain_loops_do(seed: int, setting: Setting) -> None:
    setting = replace(setting, max_epochs=200)
    start = seeds(seed, 1)[0]
    *end, weights = train_one(start, setting)
    *expected_end, expected = setting.train_plainly(start)
    assert end == expected_end
    np.testing.assert_allclose(weights, expected, rtol=1e-9, atol=1e-9)


def test_seed_27_takes_the_tutorials_1615_epochs() -> None:
    outcome, epochs, weights = train_one(seeds(27, 1)[0], Setting(0.6, update="online"))
    assert (outcome, epochs) == (Outcome.CONVERGED, 1615)
    h1, h2, _ = network.forward(weights)
    assert [gates.NAMES[code] for code in (gates.identify(h1), gates.identify(h2))] == ["AND", "OR"]


def test_the_vectorised_reference_is_the_plain_loop() -> None:
    starts, rates = seeds(0, 3), np.array([1.0, 2.0, 3.0])
    together = train_together(starts, rates, threshold=0.17, max_epochs=1000)
    for start, rate, epochs in zip(starts, rates.tolist(), together.tolist(), strict=True):
        setting = Setting(rate, threshold=0.17, max_epochs=1000)
        assert setting.train_plainly(start)[:2] == (Outcome.CONVERGED, epochs)


def test_ten_thousand_runs_converge_in_numpys_epochs() -> None:
    """Up to a rate of 2; ``pytest -s`` reports the rates that amplify rounding until chaos."""
    converged, equal = {}, {}
    for rate, count in {0.5: 2500, 1: 2500, 1.5: 2500, 2: 2500, 5: 500, 20: 500, 50: 500}.items():
        setting = Setting(rate, threshold=0.01, max_epochs=3000)
        starts = seeds(0, count)
        runs = train(starts, setting)
        ours = np.where(runs["outcomes"] == OUTCOMES.index(Outcome.CONVERGED), runs["epochs"], -1)
        numpys = train_together(starts, np.full(count, rate), 0.01, 3000)
        either = (ours >= 0) | (numpys >= 0)
        converged[rate], equal[rate] = either.sum(), (ours == numpys)[either].sum()
        print(f"learning rate {rate}: {equal[rate]} of {converged[rate]} convergences equal")
    moderate = [rate for rate in converged if rate <= 2]
    assert sum(converged[rate] for rate in moderate) > 7000
    for rate in moderate:
        assert equal[rate] >= 0.999 * converged[rate]


@given(any_seed, any_setting().filter(lambda setting: setting.update == "batch"))
@settings(max_examples=50)
def test_exchanging_the_hidden_units_changes_nothing_else(seed: int, setting: Setting) -> None:
    setting = replace(setting, max_epochs=20)
    start = seeds(seed, 1)
    (run,), (exchanged,) = train(start, setting), train(start[:, SWAP], setting)
    assert (run["outcomes"], run["epochs"]) == (exchanged["outcomes"], exchanged["epochs"])
    np.testing.assert_allclose(run["weights"][SWAP], exchanged["weights"], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(run["measures"], exchanged["measures"], rtol=1e-11, atol=1e-13)
    h1, h2, output = run["gates"].tolist()
    assert exchanged["gates"].tolist() == [h2, h1, gates.compose(output, "x2", "x1")]


# How runs end.


@pytest.mark.parametrize("setting", COVERING)
def test_a_start_that_satisfies_the_rule_takes_no_epoch(setting: Setting) -> None:
    trained = np.array([[-10.0, 20, 20, 30, -20, -20, -30, 20, 20]])
    runs = train(np.repeat(trained, 100, axis=0), setting)
    assert (runs["outcomes"] == OUTCOMES.index(Outcome.CONVERGED)).all()
    assert (runs["epochs"] == 0).all()
    np.testing.assert_array_equal(runs["weights"], np.repeat(trained, 100, axis=0))


@pytest.mark.parametrize("setting", COVERING)
def test_the_last_allowed_epoch_may_be_the_one(setting: Setting) -> None:
    start = seeds(27, 1)
    setting = replace(
        setting, learning_rate=1 / setting.factor, threshold=THRESHOLDS[setting.metric]
    )
    run = train(start, setting)
    epochs = int(run["epochs"][0])
    assert epochs > 1
    assert_same_bits(train(start, replace(setting, max_epochs=epochs)), run)
    for limit, outcome in [
        (epochs, Outcome.CONVERGED),
        (epochs - 1, Outcome.MAX_EPOCHS),
        (1, Outcome.MAX_EPOCHS),
    ]:
        limited = replace(setting, max_epochs=limit)
        *end, weights = train_one(start[0], limited)
        *expected_end, expected = limited.train_plainly(start[0])
        assert end == expected_end == [outcome, limit]
        np.testing.assert_allclose(weights, expected, rtol=1e-9)


@pytest.mark.parametrize("setting", [*COVERING, *SINGLE])
def test_a_run_stalls_in_the_first_epoch_that_changes_nothing(setting: Setting) -> None:
    setting = replace(setting, learning_rate=1e4, threshold=NEVER, max_epochs=3000)
    ends = []
    for start in seeds(0, 5):
        outcome, epochs, weights = train_one(start, setting)
        each = list(states(start, setting))
        unchanged = [one.tobytes() == other.tobytes() for one, other in pairwise(each)]
        assert len(each) == epochs
        assert not any(unchanged[:-1])
        assert unchanged[-1] == (outcome == Outcome.STALLED)
        assert each[-1][:9].astype(np.float64).tobytes() == weights.tobytes()
        ends.append(outcome)
    if setting.error == "mse":  # cross entropy's steps do not vanish with a wrong output's slope
        assert Outcome.STALLED in ends


@pytest.mark.parametrize("setting", COVERING)
def test_rates_that_change_nothing_stall_at_once(setting: Setting) -> None:
    start = seeds(27, 1)[0]
    outcome, epochs, weights = train_one(start, replace(setting, learning_rate=1e-30))
    assert outcome == Outcome.STALLED
    # With momentum, a sum of halves is complete after as many steps as a double has bits.
    steps = epochs if setting.update == "batch" else 4 * epochs
    assert 50 < steps < 70 if setting.momentum else epochs == 1
    assert weights.tobytes() == start.tobytes()


@pytest.mark.parametrize("setting", [s for s in COVERING if s.error == "cross_entropy"])
def test_weights_that_overflow_are_nonfinite_as_in_the_plain_loop(setting: Setting) -> None:
    heavy_output = seeds(27, 1)[0] * [1, 1, 1, 1, 1, 1, 1, 100, 100]
    setting = replace(setting, learning_rate=1e308)
    outcome, epochs, weights = train_one(heavy_output, setting)
    assert (outcome, epochs) == setting.train_plainly(heavy_output)[:2] == (Outcome.NONFINITE, 1)
    assert not np.isfinite(weights).all()


def test_velocities_that_double_overflow_after_a_thousand_epochs() -> None:
    setting = Setting(momentum=2.0, threshold=NEVER, max_epochs=5000)
    start = seeds(27, 1)[0]
    outcome, epochs, _ = train_one(start, setting)
    expected, plain_epochs, _ = setting.train_plainly(start)
    assert outcome == expected == Outcome.NONFINITE
    assert epochs == plain_epochs


# Weights of any size.

MAGNITUDES = [0.0, 1.0, 85.0, LARGEST_NET, 1e3, 1e16, 1e150, 1e300]
any_weight = st.one_of(
    st.floats(-5, 5),
    st.floats(-LARGEST_NET, LARGEST_NET),
    st.floats(-1e300, 1e300),
    st.sampled_from([*MAGNITUDES, *(-magnitude for magnitude in MAGNITUDES)]),
)
any_weights = arrays(np.float64, 9, elements=any_weight)


@compiled
def fast_forward(w: Nine) -> tuple[Quad, Quad, Quad]:
    h1 = forward.hidden_unit(SIGMOID, w[0], w[1], w[2], 0)
    h2 = forward.hidden_unit(SIGMOID, w[3], w[4], w[5], 0)
    return h1, h2, forward.outputs(w[6], w[7], w[8], h1, h2, 0)


@compiled
def careful_forward(w: Nine) -> tuple[Quad, Quad, Quad]:
    return forward.forward(w, SIGMOID)


@compiled
def is_safe(w: tuple[float, ...]) -> bool:
    return forward.weights_are_safe(w, SIGMOID)  # type: ignore[arg-type]


def computed(way: Callable[[Nine], tuple[Quad, Quad, Quad]], weights: Array) -> Array:
    """The activations of h1, h2 and y, shape (3, 4)."""
    return np.array(way(tuple(weights.tolist())))


def assert_plain_forward(weights: Array) -> None:
    """Compare the kernel's activations with the plain network's, but for the sums' rounding.

    The kernel may add up a unit's net input in another order, so that it can be off by a few
    roundings of its largest part.
    """
    ours = computed(careful_forward, weights)
    hidden = np.abs(weights[:6]).reshape(2, 3).sum(axis=1)
    h1, h2, _ = network.forward(weights)
    nets = [
        *(network.net_input(weights[k : k + 3], *network.PATTERNS.T) for k in (0, 3)),
        network.net_input(weights[6:9], h1, h2),
    ]
    # Beyond LARGEST_NET the kernel adds up the hidden units' inputs as the plain network does.
    safe_hidden = np.where(hidden <= LARGEST_NET, hidden, 0.0)
    slacks = [*safe_hidden, np.abs(weights[6:9]).sum() * (1 + safe_hidden.max())]
    for activations, net, slack in zip(ours, nets, slacks, strict=True):
        low, high = (network.sigmoid(net + sign * 16 * EPSILON * slack) for sign in (-1, 1))
        assert (activations >= low * (1 - 16 * EPSILON)).all()
        assert (activations <= high * (1 + 16 * EPSILON) + np.exp(-LARGEST_NET) * 2).all()


@given(any_weights)
def test_the_forward_pass_is_the_plain_networks_for_weights_of_any_size(weights: Array) -> None:
    assert_plain_forward(weights)


DIRECTIONS = [
    *np.concatenate([np.eye(9), -np.eye(9)]).tolist(),
    [1.0] * 9,
    [-1.0] * 9,
    [-1.0, -1, -1, 0, 0, 0, 0, 0, 0],
    [0.0, 0, 0, 1, 1, 1, 0, 0, 0],
    [0.0, 0, 0, 0, 0, 0, -1, -1, -1],
]


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_the_fast_sigmoids_hold_up_to_their_border(direction: list[float]) -> None:
    units = np.abs(direction).reshape(3, 3).sum(axis=1)
    border = np.array(direction) * LARGEST_NET / units.max()
    below, above = border * (1 - 4 * EPSILON), border * (1 + 4 * EPSILON)
    assert is_safe(tuple(below.tolist()))
    assert not is_safe(tuple(above.tolist()))
    for weights in (below, above):
        assert_plain_forward(weights)
    # On the safe side both paths are the same; this is what keeps a run free of its neighbours.
    for weights in (below, border / 2):
        fast = computed(fast_forward, weights)
        careful = computed(careful_forward, weights)
        assert fast.tobytes() == careful.tobytes()


def test_weights_that_are_no_numbers_are_not_safe() -> None:
    for k in range(9):
        for value in (np.nan, np.inf, -np.inf):
            weights = np.ones(9)
            weights[k] = value
            assert not is_safe(tuple(weights.tolist()))


@pytest.mark.parametrize("setting", COVERING)
def test_an_epoch_on_either_side_of_the_border_is_the_plain_networks(setting: Setting) -> None:
    setting = replace(setting, learning_rate=1 / setting.factor, threshold=NEVER, max_epochs=1)
    starts = np.random.default_rng(0).uniform(-400, 400, (400, 9))
    sizes = np.abs(starts).sum(axis=1, keepdims=True)
    safe = [is_safe(tuple(start)) for start in starts.tolist()]
    assert 100 < sum(safe) < 300
    expected, _, _ = network.epoch(
        starts,
        0 * starts,
        setting.learning_rate,
        setting.momentum,
        setting.update,
        setting.error,
    )
    errors = np.abs(train(starts, setting)["weights"] - expected)
    assert (errors <= 4 * EPSILON * (1 + sizes) ** 2).all()


@given(arrays(np.float64, st.tuples(st.integers(0, 5), st.just(9)), elements=any_weight))
def test_networks_are_described_as_the_plain_functions_do(weights: Array) -> None:
    measures, codes = np.empty((len(weights), 3)), np.empty((len(weights), 3), np.uint8)
    describe_all(SIGMOID, 0.0, 1.0, weights, measures, codes)
    for nine, (mse, max_error, margin), found in zip(weights, measures, codes, strict=True):
        h1, h2, y = computed(careful_forward, nine)
        assert mse == pytest.approx(network.measure(y, "mse"), rel=1e-14)
        assert max_error == network.measure(y, "max_error")
        assert margin == gates.margin(h1, h2)
        output = gates.output_activations(nine)
        assert found[:2].tolist() == [gates.identify(h1), gates.identify(h2)]
        if ((output == 0.5) | (np.abs(output - 0.5) > EPSILON)).all():
            assert found[2] == gates.identify(output)


def test_trained_networks_are_described_as_the_plain_functions_do() -> None:
    runs = train(seeds(0, 300), Setting(5.0, max_epochs=2000))
    h1, h2, y = network.forward(runs["weights"])
    mse, max_error, margin = runs["measures"].T
    np.testing.assert_allclose(mse, network.measure(y, "mse"), rtol=1e-11)
    np.testing.assert_allclose(max_error, network.measure(y, "max_error"), rtol=1e-12)
    np.testing.assert_allclose(margin, gates.margin(h1, h2), rtol=1e-9, atol=1e-14)
    output = gates.output_activations(runs["weights"])
    found = [gates.identify(unit) for unit in (h1, h2, output)]
    np.testing.assert_array_equal(runs["gates"], np.transpose(found))
    assert len(np.unique(runs["gates"], axis=0)) > 3


# A run's result is a function of its start and its setting.


def mixed_runs(base: Setting) -> tuple[Array, list[Setting]]:
    """200 runs of all kinds: long, short, done from the start, stalling, with enormous weights."""
    starts = seeds(1000, 200)
    starts[3::7] *= np.array([1e200, -1e200, 1e3, 1e30, -1e30, 50, 1e100, -60, 80])
    starts[5::14] = [-10.0, 20, 20, 30, -20, -20, -30, 20, 20]
    random = np.random.default_rng(7)
    rates = random.choice([0.1, 1.0, 2.0, 30.0, 1e4], 200) / base.factor
    momenta = random.choice([0.1, 0.9], 200) if base.momentum else np.zeros(200)
    strictness = random.choice([1.0, 1.5], 200)
    limits = random.choice([1, 2, 50, 400], 200)
    every = [
        replace(
            base,
            learning_rate=rate,
            momentum=momentum,
            threshold=THRESHOLDS[base.metric] / strict,
            max_epochs=limit,
        )
        for rate, momentum, strict, limit in zip(
            *(column.tolist() for column in (rates, momenta, strictness, limits)), strict=True
        )
    ]
    return starts, every


@pytest.mark.parametrize("base", [*COVERING, *SINGLE])
def test_a_run_alone_is_the_run_in_any_company(base: Setting) -> None:
    starts, every = mixed_runs(base)
    alone = np.concatenate([train(starts[[k]], [every[k]]) for k in range(len(every))])
    assert len(np.unique(alone["outcomes"])) >= 2
    assert_same_bits(train(starts, every), alone)
    assert_same_bits(train(starts, every, budget=1), alone)
    assert_same_bits(train(starts, every, budget=7, parts=3), alone)


@given(
    st.sampled_from(COVERING),
    st.permutations(range(200)),
    st.integers(1, 50),
    st.sampled_from([1, 2, 7, 100, FOR_EVER]),
)
@settings(max_examples=30)
def test_the_queues_order_and_the_calls_make_no_difference(
    base: Setting, order: list[int], parts: int, budget: int
) -> None:
    starts, every = mixed_runs(base)
    shuffled = train(starts, every, order=np.array(order), parts=parts, budget=budget)
    assert_same_bits(shuffled, train(starts, every))


def test_a_call_without_drain_returns_when_a_lane_is_free() -> None:
    every = [Setting(2.0, max_epochs=500 + k) for k in range(3 * LANES)]
    queue = queue_of(seeds(0, len(every)), every)
    block = Block()
    loaded, finished = block.advance(queue, 0, FOR_EVER, drain=False)
    assert loaded == queue.rows.size
    assert block.running == LANES - 1
    assert finished.rows.size + block.running == queue.rows.size
    none = nothing(queue.variant)
    assert block.advance(none, 0, FOR_EVER, drain=False)[1].rows.size == 0
    _, rest = block.advance(none, 0, FOR_EVER, drain=True)
    assert sorted([*finished.rows, *rest.rows]) == queue.rows.tolist()
    assert block.running == 0


def test_a_call_trains_no_longer_than_its_budget() -> None:
    queue = queue_of(seeds(0, 5), Setting(0.1))
    block = Block()
    loaded = 0
    for calls in range(1, 4):
        loaded, finished = block.advance(queue, loaded, 10, drain=True)
        assert block.network_epochs == 5 * 10 * calls
        assert finished.rows.size == 0


def test_no_counter_overflows_in_a_block_that_has_long_been_training() -> None:
    queue = queue_of(seeds(0, 60), Setting(5.0, max_epochs=2000))
    longest = 10**12 * LANES  # if each lane has had the longest run allowed, one after another
    ends = []
    for clock in (0, longest):
        block = Block()
        block._counters[CLOCK] = clock
        _, first = block.advance(queue, 0, FOR_EVER, drain=False)
        _, rest = block.advance(nothing(queue.variant), 0, FOR_EVER, drain=True)
        ends.append(
            [
                (first.epochs.tolist(), rest.epochs.tolist()),
                first.weights.tobytes(),
                rest.rows.tolist(),
            ]
        )
    assert ends[0] == ends[1]
    start = seeds(27, 1)
    limit = 10**12
    (run,) = train(start, Setting(5.0, max_epochs=limit))
    assert OUTCOMES[run["outcomes"]] == Outcome.CONVERGED
    (run,) = train(start, Setting(0.0, max_epochs=limit))
    assert (OUTCOMES[run["outcomes"]], run["epochs"]) == (Outcome.STALLED, 1)


# The machine code.


def wide_fused_multiply_adds() -> str:
    """The pattern of the host's own instruction for several fused multiply-adds at once."""
    if llvmlite.binding.get_host_cpu_features().get("avx2"):
        return r"\bvfn?m(?:add|sub)\d+pd\s.*%[yz]mm"
    if platform.machine() in ("x86_64", "AMD64"):  # fused ones are calls, but products are not
        return r"\bv?mulpd\b"
    return r"\bfml[as]\s+v\d+\.2d"


@pytest.mark.parametrize("update", ["batch", "online"])
def test_the_lanes_are_trained_by_vector_instructions(update: str) -> None:
    setting = Setting(update=update)
    train(seeds(0, 1), setting)
    compiled: Any = advance
    (signature,) = (
        signature
        for signature in compiled.signatures
        if tuple(constant.literal_value for constant in signature[:7]) == setting.variant.constants
        and signature[7].dtype == numba.float64
    )
    fresh = numba.njit(**FLAGS)(compiled.py_func)  # what comes from the cache has no listing
    fresh.compile(signature)
    (listing,) = fresh.inspect_asm().values()
    # An epoch's forward pass alone has about a hundred of them.
    assert len(re.findall(wide_fused_multiply_adds(), listing)) > 100
