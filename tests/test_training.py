"""One recorded run: the sweep's, to the bit, with every epoch of it."""

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import xorbench
from xorbench import gates, network, training
from xorbench.network import PATTERNS
from xorbench.problems import SettingsError
from xorbench.seeding import starting_weights
from xorbench.settings import Init, Targets
from xorbench.table import WEIGHTS
from xorbench.training import describe_run, explain_run

UNIFORM = Init("uniform", (0.0, 1.0))


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32 - 1),
    learning_rate=st.sampled_from([0.0, 0.3, 2.0, 20.0, 1e200]),
    momentum=st.sampled_from([0.0, 0.9]),
    update=st.sampled_from(["batch", "online"]),
    error=st.sampled_from(["mse", "half_sse"]),
    stop=st.sampled_from(["mse < 0.001", "mse < 0.1", "sse < 1.5"]),
    measured=st.sampled_from(["after_epoch", "during_epoch"]),
    max_epochs=st.integers(1, 1500),
    precision=st.sampled_from(["double", "single"]),
)
def test_a_run_is_its_row_in_a_sweep(seed: int, **chosen: Any) -> None:
    run = xorbench.train(seed, **chosen)
    row = xorbench.sweep(seed, threads=1, **chosen).iloc[0]
    assert (run.outcome, run.epochs) == (row.outcome, row.epochs)
    assert run.weights.tobytes() == row[list(WEIGHTS)].to_numpy(np.float64).tobytes()
    last = run.history.iloc[-1].to_numpy()
    expected = row[["epochs", "mse", "max_error", *WEIGHTS]].to_numpy(np.float64)
    assert last.tobytes() == expected.tobytes()


@pytest.mark.parametrize("update", ["batch", "online"])
@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("error", ["sse", "cross_entropy"])
def test_the_history_follows_the_plain_network_epoch_by_epoch(
    update: str, momentum: float, error: str
) -> None:
    run = xorbench.train(
        seed=5, learning_rate=0.7, update=update, momentum=momentum, error=error, max_epochs=40
    )
    history = run.history[list(WEIGHTS)].to_numpy()
    assert list(run.history) == ["epoch", "mse", "max_error", *WEIGHTS]
    assert run.history.epoch.tolist() == list(range(41))
    assert np.array_equal(history[0], starting_weights([5], UNIFORM)[0])
    assert np.array_equal(history[-1], run.weights)
    weights, velocity = history[0], np.zeros(9)
    for recorded in history[1:]:
        weights, velocity, _ = network.epoch(weights, velocity, 0.7, momentum, update, error)
        np.testing.assert_allclose(recorded, weights, rtol=0, atol=1e-11)
    outputs = network.forward(history)[2]
    for metric in ("mse", "max_error"):
        np.testing.assert_allclose(run.history[metric], network.measure(outputs, metric), 1e-12)


def test_the_tutorials_network() -> None:
    run = xorbench.train(seed=27, learning_rate=0.6, update="online")
    assert (run.outcome, run.epochs) == (xorbench.Outcome.CONVERGED, 1615)
    output = gates.output_activations(run.weights)  # for binary h1 and h2
    printed = [
        *("0.001", "0.093", "0.094", "0.879"),
        *("0.065", "0.969", "0.971", "1.000"),
        *("0.02", "0.99", "0.000", "0.011"),
    ]
    for value, text in zip([*run.hidden.h1, *run.hidden.h2, *output], printed, strict=True):
        assert f"{value:.{len(text) - 2}f}" == text
    assert "h1 is AND, h2 is OR, y is NOT h1 AND h2." in describe_run(run)
    assert "1615" in explain_run(run).replace(",", "")


def test_the_trained_units_are_those_of_the_trained_weights() -> None:
    run = xorbench.train(seed=1, learning_rate=3.0, max_epochs=20)
    h1, h2, y = network.forward(run.weights)
    x1, x2 = PATTERNS.T.astype(np.int64)
    expected = pd.DataFrame({"x1": x1, "x2": x2, "h1": h1, "h2": h2, "y": y})
    pd.testing.assert_frame_equal(run.hidden, expected, check_exact=True)


def test_the_settings_default_to_the_sweeps_and_the_seed_to_the_tutorials() -> None:
    run = xorbench.train(max_epochs=1)
    assert run.settings == xorbench.train(27, 0.5, update="batch", max_epochs=1).settings
    assert np.array_equal(run.history[list(WEIGHTS)].iloc[0], starting_weights([27], UNIFORM)[0])


@pytest.mark.parametrize("shape", [(9,), (1, 9)])
def test_a_run_may_start_from_given_weights(shape: tuple[int, ...]) -> None:
    start = np.linspace(-1, 1, 9)
    run = xorbench.train(initial_weights=start.reshape(shape), learning_rate=1.0, max_epochs=3)
    assert np.array_equal(run.history[list(WEIGHTS)].iloc[0], start)
    assert "Settings: weights given by hand, learning rate 1.0" in explain_run(run)


def story_of_every_epoch(run: xorbench.Run) -> tuple[list[int], list[int]]:
    """Tell from a whole history when gates were final, and how many epochs ended on plateaus."""
    history = run.history[list(WEIGHTS)].to_numpy()
    h1, h2, y = network.forward(history)
    units = (gates.identify(h1), gates.identify(h2))
    output = gates.identify(gates.output_activations(history))
    final = [
        next(epoch for epoch in range(len(codes)) if (codes[epoch:] == codes[-1]).all())
        for codes in (*units, output)
    ]
    mse = network.measure(y, "mse")[1:]
    rested = [int((np.abs(mse / level - 1) <= 0.05).sum()) for level in (1 / 4, 1 / 6, 1 / 8)]
    return final, rested


@pytest.mark.parametrize(
    ("seed", "rate", "update"), [(27, 0.6, "online"), (3, 30.0, "batch"), (1, 2.0, "batch")]
)
def test_the_story_is_that_of_every_epoch(
    seed: int, rate: float, update: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = xorbench.train(seed, rate, update=update, max_epochs=3000)
    final, rested = story_of_every_epoch(whole)
    assert list(whole.gate_epochs.values()) == final
    assert whole.plateaus.epochs.tolist() == rested
    assert whole.plateaus.share.tolist() == [count / whole.epochs for count in rested]
    # Slices of a few epochs, and those after which one begins with the last change of a gate.
    for slice_ in {7, *(epoch - 1 for epoch in final if epoch > 1)}:
        monkeypatch.setattr(training, "SLICE", slice_)
        thin = xorbench.train(seed, rate, update=update, max_epochs=3000, record="log:9")
        assert thin.gate_epochs == whole.gate_epochs
        assert thin.plateaus.equals(whole.plateaus)
    epochs = {0, whole.epochs, *(round(10 ** (k / 9)) for k in range(32))}
    assert thin.history.epoch.tolist() == sorted(e for e in epochs if e <= whole.epochs)
    kept = whole.history.iloc[thin.history.epoch].reset_index(drop=True)
    assert thin.history.equals(kept)


def test_the_text_tells_when_gates_were_final_and_where_the_error_rested() -> None:
    run = xorbench.train(seed=27, learning_rate=0.6, update="online")
    told = " ".join(explain_run(run).split())
    final = run.gate_epochs
    assert (
        f"the gates of h1 since epoch {final['h1']}, of h2 since epoch {final['h2']},"
        f" of y since epoch {final['y']}." in told
    )
    count, share = run.plateaus.epochs[0], run.plateaus.share[0]
    assert f"0.25 all outputs near 1/2 {count} {100 * share:.1f} %" in told
    unchanged = " ".join(explain_run(xorbench.train(learning_rate=0.0)).split())
    assert "the gates of h1 since the start, of h2 since the start" in unchanged
    assert "the gates of" not in explain_run(xorbench.train(stop="mse < 0.9"))


def test_plateaus_are_those_of_the_targets() -> None:
    run = xorbench.train(seed=3, targets="0.25,0.75", max_epochs=50, stop="mse < 1e-9")
    assert run.plateaus.mse.tolist() == [1 / 16, 1 / 24, 1 / 32]
    near = np.abs(run.history.mse[1:] * 16 - 1) <= 0.05
    assert run.plateaus.epochs[0] == near.sum() > 0


def test_a_long_run_keeps_few_epochs_by_default() -> None:
    run = xorbench.train(seed=4, learning_rate=5.0, max_epochs=1_000_001)
    assert run.epochs > 100_000
    assert len(run.history) < 600
    assert run.history.epoch.iloc[-1] == run.epochs


def test_a_start_that_satisfies_the_rule_is_the_whole_history() -> None:
    run = xorbench.train(seed=27, stop="mse < 0.9")
    assert (run.outcome, run.epochs, len(run.history)) == (xorbench.Outcome.CONVERGED, 0, 1)


def test_what_the_text_does_not_know_is_not_explained() -> None:
    run = xorbench.train(max_epochs=1)
    settings = run.settings.model_copy(
        update={
            "update": ("shuffled",),
            "optimizer": ("adam",),
            "activation": ("tanh",),
            "targets": (Targets(0.1, 0.9),),
        }
    )
    with pytest.raises(SettingsError) as refusal:
        explain_run(dataclasses.replace(run, settings=settings))
    assert refusal.value.problems == [
        "explain: update shuffled cannot be explained; give batch or online.",
        "explain: optimizer adam cannot be explained; give gradient_descent.",
        "explain: activation tanh cannot be explained; give sigmoid.",
        "explain: targets 0.1,0.9 cannot be explained; give 0,1.",
    ]


ENDINGS = [
    ("Converged after 0 epochs (mse < 0.9).", {"stop": "mse < 0.9"}),
    ("Not converged within 10 epochs; later ones are unknown.", {"max_epochs": 10}),
    ("Stalled: epoch 1 left every weight as it was, to the bit.", {"learning_rate": 0.0}),
    ("A weight overflowed in epoch 2.", {"learning_rate": 1e308, "error": "cross_entropy"}),
]


def test_a_run_says_how_it_was_trained() -> None:
    def told(**chosen: Any) -> str:
        return describe_run(xorbench.train(max_epochs=3, **chosen)).partition("\n")[0]

    limit = "max epochs 3."
    assert told() == f"Seed 27, learning rate 0.5, update batch, {limit}"
    assert told(seed=4, learning_rate=5, update="online", targets="0.1,0.9", init="xavier") == (
        f"Seed 4, learning rate 5, update online, targets 0.1,0.9, init xavier, {limit}"
    )
    assert told(optimizer="adam", adam_beta1=0.8) == (
        f"Seed 27, learning rate 0.5, update batch, optimizer adam, {limit[:-1]}, adam beta1 0.8."
    )
    assert told(initial_weights=[0.5] * 9).startswith("Given weights, learning rate 0.5, ")


@pytest.mark.parametrize(("sentence", "chosen"), ENDINGS)
def test_every_ending_has_its_sentence(sentence: str, chosen: dict[str, Any]) -> None:
    run = xorbench.train(**chosen)
    first, second, _ = describe_run(run).split("\n", 2)
    assert first.startswith("Seed 27, learning rate ")
    assert second == sentence
    assert len(run.history) == run.epochs + 1
    assert explain_run(run)


@pytest.mark.parametrize(
    ("sentence", "chosen"),
    [
        ("seed: 2 are given; to train one network, give one.", {"seed": [1, 2]}),
        ("update: 2 are given", {"update": ["batch", "online"]}),
        ("initial_weights: 2 are given", {"initial_weights": np.zeros((2, 9))}),
        ("seeds: one network has one seed; give it as seed.", {"seeds": 3}),
        ("learning_rate: -1 is not allowed", {"learning_rate": -1}),
        ("initial_weights: the shape (1, 8) is not allowed", {"initial_weights": np.zeros(8)}),
        ("seeds: cannot be given", {"seed": 1, "initial_weights": np.zeros(9)}),
        ("momentm is not a setting; did you mean momentum?", {"momentm": 0.5}),
    ],
)
def test_what_cannot_be_trained_is_refused(sentence: str, chosen: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as refusal:
        xorbench.train(**chosen)
    (problem,) = refusal.value.problems
    assert problem.startswith(sentence)
