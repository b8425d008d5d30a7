"""Which pairs of gates the hidden units learn."""

from collections.abc import Iterable
from itertools import chain

import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench.claims.estimates import Estimate, Measured, converged, each, share_of
from xorbench.claims.registry import Sweeps, measurement
from xorbench.gates import NAMES, XOR_PAIRS

POSITIVE = "uniform:0,1"
SYMMETRIC = "uniform:-1,1"

X1 = ("x1 AND NOT x2", "x1 OR NOT x2")
X2 = ("NOT x1 AND x2", "NOT x1 OR x2")
"""Two pairs that become each other if the inputs are exchanged."""


def learned(sweeps: Sweeps, name: str = "main") -> pd.DataFrame:
    """Choose the runs that converged."""
    table = sweeps[name]
    return table[converged(table)]


def has_pair(runs: pd.DataFrame, pair: Iterable[str]) -> "pd.Series[bool]":
    """Tell which runs have learned a pair of gates, in either order."""
    one, other = pair
    h1, h2 = runs["h1_gate"], runs["h2_gate"]
    return ((h1 == one) & (h2 == other)) | ((h1 == other) & (h2 == one))


def one_of_two(runs: pd.DataFrame, pair: Iterable[str], other: Iterable[str]) -> Estimate:
    """Measure how many of the runs with one of two pairs have the first."""
    first, second = has_pair(runs, pair), has_pair(runs, other)
    either = first | second
    return share_of(first[either], seeds=runs["seed"][either])


def codes(runs: pd.DataFrame) -> list[npt.NDArray[np.int64]]:
    """Give the codes of both gates."""
    place = {name: code for code, name in enumerate(NAMES)}
    return [
        np.array([place[name] for name in runs[unit]], np.int64) for unit in ("h1_gate", "h2_gate")
    ]


def cannot_make_xor(runs: pd.DataFrame) -> list[bool]:
    """Tell from which pairs no output unit can make XOR."""
    pairs = zip(*(unit.tolist() for unit in codes(runs)), strict=True)
    return [pair not in XOR_PAIRS for pair in pairs]


@measurement
def outside(sweeps: Sweeps) -> Measured:
    """Count the converged runs whose gates cannot make XOR."""
    runs = learned(sweeps)
    return Measured(len(runs), [sum(cannot_make_xor(runs))])


@measurement
def outside_of_regimes(sweeps: Sweeps) -> Measured:
    """Measure how many converged runs have gates that cannot make XOR, in each regime."""
    axes = {"activations": ["activation", "update", "momentum"], "optimizers": ["optimizer"]}
    runs = {name: learned(sweeps, name) for name in axes}
    found = [
        each(
            runs[name].assign(outside=cannot_make_xor(runs[name])),
            columns,
            lambda some: share_of(some["outside"], seeds=some["seed"]),
        )
        for name, columns in axes.items()
    ]
    return Measured(sum(map(len, runs.values())), list(chain.from_iterable(found)))


@measurement
def unit_order(sweeps: Sweeps) -> Measured:
    """Measure how often h1 has that gate of the pair whose truth table comes first."""
    runs = learned(sweeps)
    h1, h2 = codes(runs)
    return Measured(
        len(runs),
        each(
            runs.assign(first=h1 < h2),
            ["update"],
            lambda some: share_of(some["first"], seeds=some["seed"]),
        ),
    )


@measurement
def input_order(sweeps: Sweeps) -> Measured:
    """Measure how often x1, of two pairs that differ by the order of the inputs, comes first."""
    runs = learned(sweeps)
    return Measured(len(runs), each(runs, ["update"], lambda some: one_of_two(some, X1, X2)))


@measurement
def complement(sweeps: Sweeps) -> Measured:
    """Measure how often AND & OR are learned, not their complements, from U(-1, 1)."""
    runs = learned(sweeps)
    runs = runs[runs["init"] == SYMMETRIC]
    return Measured(
        len(runs),
        each(
            runs,
            ["update"],
            lambda some: one_of_two(some, ("AND", "OR"), ("NAND", "NOR")),
        ),
    )


def and_or(sweeps: Sweeps, init: str) -> Measured:
    """Measure how many runs have AND and OR, from one kind of start."""
    runs = learned(sweeps)
    runs = runs[runs["init"] == init]
    return Measured(
        len(runs), each(runs, ["update"], lambda some: share_of(some["learned_and_or"]))
    )


@measurement
def and_or_from_positive(sweeps: Sweeps) -> Measured:
    """Measure how many runs have AND and OR, from U(0, 1)."""
    return and_or(sweeps, POSITIVE)


@measurement
def and_or_from_symmetric(sweeps: Sweeps) -> Measured:
    """Measure how many runs have AND and OR, from U(-1, 1)."""
    return and_or(sweeps, SYMMETRIC)
