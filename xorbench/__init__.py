"""Laboratory for the smallest network that is not trivial: 2-2-1, learning XOR.

Public names are loaded on first use, so that ``import xorbench`` and ``xorbench --help`` load
neither numba nor pandas.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xorbench.network import forward, gradient
    from xorbench.outcome import Outcome
    from xorbench.problems import SettingsError
    from xorbench.reading import read
    from xorbench.sweeping import sweep
    from xorbench.training import Run, train

__version__ = "0.1.0"

__all__ = [
    "Outcome",
    "Run",
    "SettingsError",
    "__version__",
    "forward",
    "gradient",
    "read",
    "sweep",
    "train",
]

_HOMES = {
    "Outcome": "outcome",
    "Run": "training",
    "SettingsError": "problems",
    "forward": "network",
    "gradient": "network",
    "read": "reading",
    "sweep": "sweeping",
    "train": "training",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'xorbench' has no attribute {name!r}")
    value: object = getattr(import_module(f"xorbench.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
