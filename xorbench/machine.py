"""What results depend on besides the settings: the machine, and the versions of everything."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

from xorbench import __version__

LIBRARIES = ("numpy", "numba", "llvmlite", "pandas")


def processor() -> str:
    """Name the processor."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def machine() -> dict[str, str | int | None]:
    """Describe the machine."""
    return {"cpu": processor(), "processors": os.cpu_count(), "system": platform.system()}


def versions() -> dict[str, str]:
    """Tell the versions of xorbench, Python and the libraries that decide times and results."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"xorbench": __version__, "python": platform.python_version(), **libraries}


def load_average() -> float | None:
    """Tell how many programs wanted a processor in the last minute; None where nobody counts."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
