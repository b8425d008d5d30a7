"""One recorded run: the sweep's, to the bit, with every epoch of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xorbench
from xorbench import network
from xorbench.problems import SettingsError
from xorbench.seeding import starting_weights
from xorbench.settings import Init
from xorbench.table import WEIGHTS
from xorbench.training import describe_run, explain_run


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    learning_rate=st.sampled_from([0.0, 0.3, 2.0, 20.0]),
    momentum=st.sampled_from([0.0, 0.9]),
    update=st.sampled_from(["batch", "online"]),
    measured=st.sampled_from(["after_epoch", "during_epoch"]),
    max_epochs=st.integers(1, 1500),
)
def test_a_run_is_its_row_in_a_sweep(**chosen: object) -> None:
    seed = chosen.pop("seed")
    run = xorbench.train(seed=seed, **chosen)  # type: ignore[arg-type]
    row = xorbench.sweep(seeds=seed, threads=1, **chosen).iloc[0]  # type: ignore[arg-type]
    assert (run.outcome, run.epochs) == (row.outcome, row.epochs)
    assert run.weights.tolist() == row[list(WEIGHTS)].tolist()
    last = run.history.iloc[-1]
    assert last.epoch == run.epochs
    assert (last.mse, last.max_error) == (row.mse, row.max_error)


@pytest.mark.parametrize("update", ["batch", "online"])
@pytest.mark.parametrize("momentum", [0.0, 0.8])
def test_the_history_follows_the_plain_network_epoch_by_epoch(update: str, momentum: float) -> None:
    run = xorbench.train(seed=5, learning_rate=1.5, update=update, momentum=momentum, max_epochs=40)
    history = run.history[list(WEIGHTS)].to_numpy()
    assert run.history.epoch.tolist() == list(range(41))
    np.testing.assert_array_equal(history[0], starting_weights([5], Init("uniform", (0.0, 1.0)))[0])
    weights, velocity = history[0], np.zeros(9)
    for recorded in history[1:]:
        weights, velocity, _ = network.epoch(weights, velocity, 1.5, momentum, update)
        np.testing.assert_allclose(recorded, weights, rtol=0, atol=1e-11)
    np.testing.assert_allclose(
        run.history.mse, network.measure(network.forward(history)[2], "mse"), rtol=1e-12
    )


def test_the_tutorials_network_has_the_tutorials_activations() -> None:
    run = xorbench.train(seed=27, learning_rate=0.6, update="online")
    assert (run.outcome, run.epochs) == (xorbench.Outcome.CONVERGED, 1615)
    np.testing.assert_allclose(run.hidden.h1, [0.001, 0.093, 0.094, 0.879], rtol=0, atol=0.0005)
    np.testing.assert_allclose(run.hidden.h2, [0.065, 0.969, 0.971, 1.0], rtol=0, atol=0.0005)
    assert "h1 is AND, h2 is OR, y is NOT h1 AND h2." in describe_run(run)


def test_a_run_may_start_from_given_weights() -> None:
    start = np.linspace(-1, 1, 9)
    run = xorbench.train(initial_weights=start, learning_rate=1.0, max_epochs=3)
    np.testing.assert_array_equal(run.history[list(WEIGHTS)].iloc[0], start)
    assert "Settings: weights given by hand, learning rate 1.0" in explain_run(run)


def test_a_start_that_satisfies_the_rule_is_the_whole_history() -> None:
    run = xorbench.train(seed=27, stop="mse < 0.9")
    assert (run.outcome, run.epochs, len(run.history)) == (xorbench.Outcome.CONVERGED, 0, 1)


@pytest.mark.parametrize(
    ("outcome", "words", "chosen"),
    [
        ("max_epochs", "Not converged within 10 epochs", {"max_epochs": 10}),
        ("stalled", "Stalled: epoch 1 left every weight", {"learning_rate": 0.0}),
        (
            "nonfinite",
            "A weight overflowed in epoch 1",
            {"learning_rate": 1e308, "initial_weights": np.full(9, 1e300)},
        ),
    ],
)
def test_every_ending_has_its_sentence(outcome: str, words: str, chosen: dict[str, object]) -> None:
    run = xorbench.train(**chosen)  # type: ignore[arg-type]
    assert run.outcome == outcome
    assert words in describe_run(run)


def test_a_list_is_refused() -> None:
    with pytest.raises(SettingsError, match="make 2 runs"):
        xorbench.train(seed=1, learning_rate=0.5, update=["batch", "online"])
    with pytest.raises(SettingsError, match="learning_rate: -1"):
        xorbench.train(seed=1, learning_rate=-1)
