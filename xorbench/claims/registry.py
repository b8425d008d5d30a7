"""The measurements by name."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import pandas as pd

from xorbench.claims.estimates import Measured

Sweeps: TypeAlias = Mapping[str, pd.DataFrame]
"""The tables of an experiment's sweeps; the one of its flat settings is called "main"."""

Measurement: TypeAlias = Callable[[Sweeps], Measured]

MEASUREMENTS: dict[str, Measurement] = {}


def measurement(function: Measurement) -> Measurement:
    """Register a function as ``module.name``."""
    module = function.__module__.rpartition(".")[2]
    MEASUREMENTS[f"{module}.{function.__name__}"] = function
    return function
