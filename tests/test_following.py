"""Error and gates of many epochs: those of the plain network."""

import numpy as np
import pytest

from xorbench import gates, network
from xorbench.encoding import Grid
from xorbench.following import follow_epochs
from xorbench.settings import make_settings


@pytest.mark.parametrize(
    ("activation", "precision"),
    [("sigmoid", "double"), ("tanh", "double"), ("relu", "double"), ("sigmoid", "single")],
)
def test_epochs_are_measured_as_by_the_plain_network(activation: str, precision: str) -> None:
    (variant,) = Grid(make_settings(activation=activation, precision=precision)).variants()
    random = np.random.default_rng(0)
    weights = random.normal(0, 3, (5000, 9))
    weights[::7] *= 300  # too large for the fast sigmoids
    weights = weights.astype(variant.dtype).astype(np.float64)
    mse, codes = follow_epochs(variant, np.array([0.1, 0.9], variant.dtype), weights)
    h1, h2, y = network.forward(weights, activation)
    expected = ((y - [0.1, 0.9, 0.9, 0.1]) ** 2).mean(axis=1)
    near = 1e-12 if precision == "double" else 2e-5
    np.testing.assert_allclose(mse, expected, rtol=near, atol=near)
    cut = gates.CUTS[activation]
    output = gates.output_activations(weights, activation)
    named = np.stack([gates.identify(h1, cut), gates.identify(h2, cut), gates.identify(output)])
    assert np.array_equal(codes, named)
    assert all(len(set(row)) >= 14 for row in codes.tolist())


def test_weights_that_overflowed_have_no_error() -> None:
    (variant,) = Grid(make_settings()).variants()
    weights = np.array([[np.nan] * 9, [1.0] * 9])
    mse, codes = follow_epochs(variant, np.array([0.0, 1.0]), weights)
    assert np.isnan(mse[0])
    assert codes[:, 0].tolist() == [0, 0, 0]
    assert mse[1] > 0
