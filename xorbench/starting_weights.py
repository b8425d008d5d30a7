"""Weights that runs start from when the user gives them instead of seeds."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xorbench.problems import SettingsError, shortened, shown

HEADER = ",".join(f"w{number}" for number in range(1, 10))
"""The optional first line of a CSV file of weights."""


def read_initial_weights(given: object) -> NDArray[np.float64]:
    """Check an array of starting weights, or read it from a ``.csv`` or ``.npy`` file.

    Returns
    -------
    array, shape (n, 9)
        A read-only copy, one row of w1..w9 for each run.

    Examples
    --------
    >>> read_initial_weights([[1, 2, 3, 4, 5, 6, 7, 8, 9]])
    array([[1., 2., 3., 4., 5., 6., 7., 8., 9.]])
    >>> read_initial_weights([[1, 2, 3]])  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    xorbench.problems.SettingsError: initial_weights: the shape (1, 3) is not allowed; ...
    """
    array = array_of(given)
    if array.ndim != 2 or array.shape[0] == 0 or array.shape[1] != 9:
        raise refused(
            f"the shape {shown(array.shape)} is not allowed;"
            " give (n, 9), one row of w1..w9 for each run."
        )
    with np.errstate(over="ignore"):  # what overflows is found below
        weights = np.array(array, dtype=np.float64, order="C")
    unusable = np.flatnonzero(~np.isfinite(weights).all(axis=1))
    if unusable.size:
        raise refused(
            f"row {unusable[0]} (counted from 0) holds nan or an infinity; give finite numbers."
        )
    weights.flags.writeable = False
    return weights


def array_of(given: object) -> NDArray[np.generic]:
    """Make an array of real numbers from an array, lists of numbers, or the name of a file."""
    if isinstance(given, str | os.PathLike):
        array = load(Path(os.fsdecode(given)))
    else:
        try:
            array = np.asarray(given)
        except (ValueError, MemoryError):
            raise not_weights(given) from None
    if array.dtype.kind not in "iuf":
        raise not_weights(given)
    return array


def load(path: Path) -> NDArray[np.generic]:
    """Read an array from a file."""
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise not_weights(str(path))
    try:
        return read(path)
    except OSError as error:
        reason = error.strerror or str(error)
    except Exception as error:  # NumPy answers damaged files with errors of many kinds
        reason = str(error)
    name, reason = shortened(str(path), most=200), shortened(reason, most=200).rstrip(".")
    raise refused(f'"{name}" cannot be read: {reason}.')


def read_csv(path: Path) -> NDArray[np.float64]:
    """Read lines of nine numbers between commas, after an optional header line."""
    lines = [line for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    if lines and lines[0].replace(" ", "").replace('"', "") == HEADER:
        del lines[0]
    if not lines:
        raise ValueError("it holds no numbers")
    return np.loadtxt(lines, delimiter=",", comments=None, ndmin=2)


def read_npy(path: Path) -> NDArray[np.generic]:
    """Read an array that ``numpy.save`` wrote."""
    # Unlike numpy.load, which opens archives and pickles too when a file of this name is one.
    with path.open("rb") as file:
        array: NDArray[np.generic] = np.lib.format.read_array(file, allow_pickle=False)
    return array


READERS: dict[str, Callable[[Path], NDArray[np.generic]]] = {".csv": read_csv, ".npy": read_npy}
"""How a file is read, by the end of its name."""


def not_weights(given: object) -> SettingsError:
    """Say what may be given as starting weights."""
    return refused(
        f"{shown(given)} is not allowed; give real numbers in an array of shape (n, 9),"
        " or the name of a .csv or .npy file."
    )


def refused(reason: str) -> SettingsError:
    """Say why starting weights cannot be used."""
    return SettingsError([f"initial_weights: {reason}"])
