"""Every JIT flag and the compilation cache, in one place."""

import hashlib
import os
import platform
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import llvmlite
import numba
import numpy as np
from numba.extending import overload
from platformdirs import user_cache_path

P = ParamSpec("P")
R = TypeVar("R")

FLAGS: dict[str, Any] = {
    # Python's check for division by zero is a branch, and a branch keeps the loop over the lanes
    # from becoming vector instructions (about 8 times slower).
    "error_model": "numpy",
    # Kernels run in several threads at once, and Ctrl-C is heard while they do.
    "nogil": True,
    # Not set on purpose: `fastmath`. It may regroup sums, drop nan checks and contract a product
    # and a sum into one rounding, so that results differ between machines. Fused multiply-adds
    # are written out in the kernel instead: the same speed, the same bits everywhere.
}

CALLED: dict[str, Any] = {
    **FLAGS,
    # Python does not call them; without the wrappers compiling takes two thirds of the time.
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}

INLINED: dict[str, Any] = {
    **CALLED,
    # A call that is left standing in the loop over the lanes would keep it from becoming vector
    # instructions.
    "forceinline": True,
}


@cache
def kernel_hash() -> str:
    """Hash everything that decides the machine code: sources of the JIT code and versions.

    Numba's own cache key misses imported functions, module constants and flags, so this hash
    names the cache folder; results also record it.

    Returns
    -------
    str
        Hexadecimal SHA-256.
    """
    package = Path(__file__).parent
    sources = [package / "jit.py", package / "seeding.py", *sorted(package.glob("kernel/*.py"))]
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    versions = (platform.python_version(), np.__version__, numba.__version__, llvmlite.__version__)
    digest.update(repr(versions).encode())
    return digest.hexdigest()


@cache
def cache_folder() -> Path | None:
    """Find the folder for compiled kernels: in the user's cache, or below NUMBA_CACHE_DIR.

    Returns
    -------
    Path or None
        None, after one warning, where the folder cannot be written: every process then compiles
        anew.
    """
    root = os.environ.get("NUMBA_CACHE_DIR")
    folder = (Path(root) / "xorbench" if root else user_cache_path("xorbench")) / kernel_hash()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError:
        writable = False
    if writable:
        return folder
    warnings.warn(
        f"The kernel cache {folder} cannot be written, so each start compiles the kernels anew; "
        "set NUMBA_CACHE_DIR to a writable folder to avoid that.",
        RuntimeWarning,
        stacklevel=2,
    )
    return None


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function that Python calls; its machine code is cached on disk."""
    folder = cache_folder()
    settings: Any = numba.config
    before = settings.CACHE_DIR
    # Numba reads this at decoration; it is put back so that the user's own functions keep theirs.
    settings.CACHE_DIR = str(folder or "")
    try:
        compiled: Callable[P, R] = numba.njit(cache=folder is not None, **FLAGS)(function)
    finally:
        settings.CACHE_DIR = before
    return compiled


def called(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function that kernels call outside of their loops over the lanes."""
    compiled: Callable[P, R] = numba.njit(**CALLED)(function)
    return compiled


def inline(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function that is dissolved into the kernels that use it."""
    compiled: Callable[P, R] = numba.njit(**INLINED)(function)
    return compiled


def chosen(functions: Mapping[Any, Callable[P, R]]) -> Callable[P, R]:
    """Make a function that stands for one of several: the first argument decides, when compiling.

    Numba compiles a module-level function for each combination of types, and a constant number
    is a type of its own; so one plain source makes all variants, and each is cached.

    Parameters
    ----------
    functions : mapping
        Functions made by `inline`, all with the same arguments. A key is a type of numba, or a
        number, which the first argument then has to be a constant of (`numba.literally`).

    Returns
    -------
    callable
        For use in other kernels only.
    """

    def stand_in(*arguments: P.args, **names: P.kwargs) -> R:
        raise NotImplementedError

    options: Any = INLINED

    @overload(stand_in, prefer_literal=True, strict=False, jit_options=options)
    def choose(*arguments: Any) -> Any:
        first = arguments[0]
        function: Any = functions.get(getattr(first, "literal_value", first))
        return function and function.py_func

    return stand_in
