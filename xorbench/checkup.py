"""What is found on this machine: threads, vectors, the kernel cache, versions, optional parts."""

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numba

from xorbench.encoding import Grid
from xorbench.jit import FLAGS, cache_folder
from xorbench.kernel.lanes import advance
from xorbench.machine import processor, versions
from xorbench.runner import compile_kernels
from xorbench.settings import make_settings
from xorbench.threads import usable_threads

EXTRAS = {
    "report": ("matplotlib", "altair", "vl_convert"),
    "cluster": ("distributed",),
    "s3": ("s3fs",),
    "peers": ("jax", "torch"),
}
"""The optional parts, and the modules that each needs."""

REGISTERS = {512: r"%zmm\d", 256: r"%ymm\d", 128: r"%xmm\d|\bv\d+\.2d"}
"""Widths of vectors in bits, the widest first, and the names of their registers."""


@dataclass(frozen=True)
class Checkup:
    """What was found.

    Attributes
    ----------
    processor : str
    threads : int
        That this process may use.
    vector_bits : int
        The widest vectors in the compiled kernel; 0 if there are none.
    cache : str or None
        The folder of compiled kernels; None if it cannot be written.
    warm : bool
        Was the default kernel there already?
    compile_seconds : float
        What compiling it, or loading it from the cache, took.
    versions : dict
    extras : dict
        Which optional parts are present.
    """

    processor: str
    threads: int
    vector_bits: int
    cache: str | None
    warm: bool
    compile_seconds: float
    versions: dict[str, str]
    extras: dict[str, bool]


def check_up() -> Checkup:
    """Look at this machine; the kernel is compiled anew, which takes some seconds."""
    kernel: Any = advance
    known = sum(kernel.stats.cache_hits.values())
    seconds = compile_kernels(Grid(make_settings(seeds=1)))
    folder = cache_folder()
    return Checkup(
        processor=processor(),
        threads=usable_threads(),
        vector_bits=vector_bits(kernel),
        cache=None if folder is None or not os.access(folder, os.W_OK) else str(folder),
        warm=sum(kernel.stats.cache_hits.values()) > known,
        compile_seconds=seconds,
        versions=versions(),
        extras={
            name: all(find_spec(module) is not None for module in modules)
            for name, modules in EXTRAS.items()
        },
    )


def vector_bits(kernel: Any) -> int:
    """Find the widest vectors in the machine code of a kernel."""
    # What comes from the cache has no listing.
    fresh = numba.njit(**FLAGS)(kernel.py_func)
    fresh.compile(kernel.signatures[0])
    (listing,) = fresh.inspect_asm().values()
    return next((bits for bits, name in REGISTERS.items() if re.search(name, listing)), 0)


def describe_checkup(found: Checkup) -> str:
    """Tell what was found, a line each."""
    if found.cache is None:
        cache = "none: the folder cannot be written, so each start compiles anew"
    else:
        state = "warm" if found.warm else f"was cold, filled in {found.compile_seconds:.1f} s"
        cache = f"{found.cache}, writable, {state}"
    vectors = f"{found.vector_bits} bits, {found.vector_bits // 64} doubles at once"
    lines = {
        "processor": found.processor,
        "threads": str(found.threads),
        "vectors": vectors if found.vector_bits else "none in the compiled kernel",
        "kernel cache": cache,
        "versions": ", ".join(f"{name} {version}" for name, version in found.versions.items()),
        **{
            name: "present" if there else f"missing: pip install 'xorbench[{name}]' adds it"
            for name, there in found.extras.items()
        },
    }
    return "\n".join(f"{name:<13} {text}" for name, text in lines.items())
