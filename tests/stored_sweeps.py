"""Small stored sweeps for the tests of figures and reports."""

from pathlib import Path
from typing import Any

import xorbench
from xorbench.settings import make_settings
from xorbench.store import Folder

SMALL: dict[str, Any] = {
    "seeds": range(40),
    "learning_rate": [0.5, 5.0, 12.5],
    "stop": "mse < 0.02",
    "max_epochs": 6000,
}


def store(path: Path, about: dict[str, Any] | None = None, **settings: Any) -> Path:
    """Train and store a sweep; with `about`, its manifest tells more."""
    if about is None:
        xorbench.sweep(**{**SMALL, **settings}, out=path)
    else:
        Folder(path, make_settings(**{**SMALL, **settings})).train(about)
    return path
