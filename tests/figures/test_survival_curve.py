"""Kaplan-Meier from counts, beside SciPy's."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from xorbench.figures.survival_curve import kaplan_meier

Runs = st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=60)


@given(Runs)
@settings(deadline=None)
def test_estimate_and_interval_are_scipys(runs: list[tuple[int, bool]]) -> None:
    converged = np.array([epochs for epochs, did in runs if did])
    censored = np.array([epochs for epochs, did in runs if not did])
    times = np.unique([epochs for epochs, _ in runs])
    survival, low, high = kaplan_meier(
        [np.sum(converged == time) for time in times],
        [np.sum(censored == time) for time in times],
        len(runs),
    )
    theirs = ecdf(CensoredData(uncensored=converged, right=censored)).sf
    np.testing.assert_allclose(survival, theirs.probabilities, atol=1e-12)
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        interval = theirs.confidence_interval(method="log-log")
    certain = (survival <= 0) | (survival >= 1)
    assert np.isnan(low[certain]).all()
    for mine, other in ((low, interval.low), (high, interval.high)):
        np.testing.assert_allclose(mine[~certain], other.probabilities[~certain], atol=1e-9)


def test_runs_that_never_converge_stay() -> None:
    survival, _, _ = kaplan_meier([2, 1], [0, 3], runs=10)
    assert survival.tolist() == pytest.approx([0.8, 0.7])
