"""C with the networks along the SIMD lanes: `tests/performance/peers/lanes.c` of a checkout."""

import ctypes
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from xorbench.network import Array
from xorbench.peers import IntegerArray, PeerMissingError
from xorbench.problems import shortened

SOURCE = Path(__file__).parents[2] / "tests" / "performance" / "peers" / "lanes.c"

# -ffast-math is what lets gcc call libmvec. It chooses vectors of 512 bits by itself where there
# are any: -mprefer-vector-width=512 changed nothing, and 256 was slower by a quarter.
OPTIONS = ("-O3", "-march=native", "-ffast-math", "-fopenmp-simd", "-fPIC")
LIBRARIES = ("-lmvec", "-lm")


def train(starts: Array, learning_rate: float, threshold: float, epochs: int) -> IntegerArray:
    """Train networks, a `Train`."""
    converged = np.empty(len(starts), np.int64)
    library().train_networks(
        np.ascontiguousarray(starts), len(starts), learning_rate, threshold, epochs, converged
    )
    return converged


@cache
def library() -> ctypes.CDLL:
    """Compile the source and load it; the process keeps it when its file is gone.

    Raises
    ------
    PeerMissingError
        Without the source, a compiler, or glibc's vector mathematics.
    """
    if not SOURCE.exists():
        raise PeerMissingError(
            "The C source is not part of the installed package; run the bench in a clone of the"
            " repository, installed with pip install -e."
        )
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise PeerMissingError(
            "There is no C compiler; the package gcc of the system adds one (apt install gcc)."
        )
    with TemporaryDirectory(prefix="xorbench-") as folder:
        translated, linked = Path(folder) / "lanes.o", Path(folder) / "lanes.so"
        # In two steps: gcc up to version 12 that links with -ffast-math adds code which, when the
        # library is loaded, makes the processor take subnormal numbers for zero, everywhere.
        _run(compiler, *OPTIONS, "-c", SOURCE, "-o", translated)
        _run(compiler, "-shared", translated, "-o", linked, *LIBRARIES)
        loaded = ctypes.CDLL(str(linked))
    loaded.train_networks.restype = None
    loaded.train_networks.argtypes = [
        np.ctypeslib.ndpointer(np.float64, ndim=2, flags="C_CONTIGUOUS"),
        ctypes.c_int64,
        ctypes.c_double,
        ctypes.c_double,
        ctypes.c_int64,
        np.ctypeslib.ndpointer(np.int64, ndim=1, flags="C_CONTIGUOUS"),
    ]
    return loaded


def _run(compiler: str, *arguments: str | Path) -> None:
    step = subprocess.run([compiler, *arguments], capture_output=True, text=True)
    if step.returncode:
        raise PeerMissingError(
            f"{compiler} cannot compile lanes.c ({shortened(step.stderr)}); gcc with glibc and its"
            " libmvec can (apt install gcc libc6-dev)."
        )
