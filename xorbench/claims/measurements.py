"""All measurements, registered by importing the modules that have them."""

from xorbench.claims import (
    best_rates,
    chauvin,
    hidden_pairs,
    hundreds_of_runs,
    initial_range,
    learning_rates,
    no_local_minima,
    plateaus,
    precision,
    tutorial,
)
from xorbench.claims.registry import MEASUREMENTS

__all__ = [
    "MEASUREMENTS",
    "best_rates",
    "chauvin",
    "hidden_pairs",
    "hundreds_of_runs",
    "initial_range",
    "learning_rates",
    "no_local_minima",
    "plateaus",
    "precision",
    "tutorial",
]
