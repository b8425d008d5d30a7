"""The roofline: how near the kernel, on one thread, comes to what the processor can do.

The processor's peak is measured by a loop of nothing but independent fused multiply-adds, in
vectors as wide as the kernel's; one counts as two floating-point operations. An epoch's operations
are counted in the listing of the compiled epoch. Rate times operations over the peak is the share
of the peak: it cannot be 1, because an epoch has sums, products and divisions as well, and works
on bits.

What an epoch's own mix of operations allows is measured by a loop that does just the operations
of an epoch, class by class as many, but independent of each other: then nothing but their number
and kind limits it, and whatever classes share or do not share a unit of this processor, they do
so here. The kernel's rate over the rate of that loop is the share of the bound; what is missing
from 1 is lost in waiting for results, in loads and stores, and in running short of registers.
"""

from dataclasses import dataclass

import numba
from numba.core import types

from xorbench.bench.operations import (
    DIVISION,
    FUSED,
    SUM,
    NotCountedError,
    operations_per_lane,
    widest_vector,
)
from xorbench.bench.rounds import Contestant, enough
from xorbench.bench.throughput import compile_loop, run, spread
from xorbench.jit import FLAGS
from xorbench.kernel.batch import batch_epoch
from xorbench.kernel.forward import SIGMOID, SUM_OF_SQUARES
from xorbench.kernel.layout import BATCH, LANES, Block, Status
from xorbench.kernel.optimizers import DESCENT

OPERATIONS = "operations"
NETWORK_EPOCHS = "network-epochs"

PEAK = "fused"
BOUND = "epoch_mix"

ALONE = {
    PEAK: ("fused multiply-adds", [FUSED] * 192),
    "sums": ("additions", [SUM] * 192),
    "fused_and_sums": ("the two in turns", [FUSED, SUM] * 96),
    "divisions": ("divisions", [DIVISION] * 24),
}


@dataclass(frozen=True)
class Epoch:
    """The compiled epoch.

    Attributes
    ----------
    operations : dict of str to int, or None
        Of one network, by class; None where they cannot be counted.
    vector_bits : int
    """

    operations: dict[str, int] | None
    vector_bits: int


def epoch_listing() -> str:
    """Compile the epoch of the regime `batch` on its own; return the optimiser's listing."""

    def epoch(block: Block, status: Status, changes: Status, vectors: int) -> None:
        batch_epoch(
            BATCH,
            block,
            status,
            changes,
            changes,
            vectors,
            DESCENT,
            SIGMOID,
            0,
            0,
            SUM_OF_SQUARES,
            0,
            0,
        )

    compiled = numba.njit(**FLAGS)(epoch)
    integers = types.int64[::1]
    compiled.compile((types.float64[::1], integers, integers, types.int64))
    (listing,) = compiled.inspect_llvm().values()
    return str(listing)


def count_epoch() -> Epoch:
    """Count the operations of an epoch."""
    listing = epoch_listing()
    try:
        operations = operations_per_lane(listing)
    except NotCountedError:
        operations = None
    return Epoch(operations, widest_vector(listing))


def loop_contestant(
    key: str, label: str, operations: list[str], per_pass: int, unit: str, seconds: float
) -> Contestant:
    """Prepare a loop of operations; `per_pass` of its unit are done in each pass of a lane."""
    loop = compile_loop(operations)
    passes = enough(lambda passes: run(loop, passes), seconds)
    return Contestant(key, label, passes * LANES * per_pass, unit, 1, lambda: run(loop, passes))


def roofline_contestants(epoch: Epoch, seconds: float) -> list[Contestant]:
    """Prepare the loops of single operations and, where it was counted, of an epoch's mix."""
    contestants = [
        loop_contestant(key, label, operations, len(operations), OPERATIONS, seconds)
        for key, (label, operations) in ALONE.items()
    ]
    if epoch.operations is not None:
        mix = spread(epoch.operations)
        contestants.append(
            loop_contestant(BOUND, "an epoch's mix", mix, 1, NETWORK_EPOCHS, seconds)
        )
    return contestants
