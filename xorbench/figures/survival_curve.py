"""The Kaplan-Meier estimate of the share of runs that have not converged yet, from counts."""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


def kaplan_meier(
    converged: npt.ArrayLike, censored: npt.ArrayLike, runs: int, confidence: float = 0.95
) -> tuple[Numbers, Numbers, Numbers]:
    """Estimate which share of runs has not converged after each of some epochs.

    Parameters
    ----------
    converged, censored : array (n,) of int
        How many runs converged, and how many were given up, after each of n ascending epochs.
    runs : int
        How many there are in all; those that are in neither array never converge.
    confidence : float, default 0.95

    Returns
    -------
    survival, low, high : array (n,)
        The estimate, and its log-log interval after Greenwood's formula: nan where the estimate
        is 0 or 1.

    References
    ----------
    E. L. Kaplan and P. Meier (1958), Nonparametric Estimation from Incomplete Observations,
    Journal of the American Statistical Association 53, 457-481.

    Examples
    --------
    >>> survival, low, high = kaplan_meier([1, 1, 0], [0, 1, 1], runs=4)
    >>> survival.tolist()
    [0.75, 0.5, 0.5]
    """
    events = np.asarray(converged, dtype=np.float64)
    gone = np.cumsum(events + np.asarray(censored, dtype=np.float64))
    at_risk = runs - np.concatenate([[0.0], gone[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1 - events / at_risk)
        variance = np.cumsum(events / (at_risk * (at_risk - events)))  # of log(survival)
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        half = z * np.sqrt(variance) / np.abs(np.log(survival))
        low, high = survival ** np.exp(half), survival ** np.exp(-half)
    certain = (survival <= 0) | (survival >= 1)
    low[certain] = high[certain] = np.nan
    return survival, low, high
