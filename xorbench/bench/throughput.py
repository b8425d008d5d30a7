"""Loops of nothing but given operations, to measure how many of them a processor does.

As in the kernel, the innermost loop runs over lanes and becomes vector instructions. In each lane
the operations are dealt, in turns, to twelve independent chains, so that none waits for another's
result. All the numbers fit into 32 vector registers, as AVX-512 and NEON have; AVX2's 16 are too
few, and some then go to memory and back.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

from xorbench.bench.operations import COMPARISON, DIVISION, FUSED, LOGIC, PRODUCT, SUM
from xorbench.jit import FLAGS
from xorbench.kernel.layout import LANES

CHAINS = 12
WHOLE_CHAINS = 4  # for whole numbers, besides

Numbers = npt.NDArray[np.float64]


def spread(counts: Mapping[str, int]) -> list[str]:
    """Line up so many operations of each class, each class evenly over the whole.

    Examples
    --------
    >>> spread({"sum": 4, "division": 1})
    ['sum', 'sum', 'division', 'sum', 'sum']
    """
    places = [((i + 0.5) / n, kind) for kind, n in counts.items() for i in range(n)]
    return [kind for _, kind in sorted(places, key=lambda place: place[0])]


EMIT: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    FUSED: lambda builder, x, one, small: builder.fma(x, one, small),
    PRODUCT: lambda builder, x, one, small: builder.fmul(x, one),
    SUM: lambda builder, x, one, small: builder.fadd(x, small),
    DIVISION: lambda builder, x, one, small: builder.fdiv(one, x),
    COMPARISON: lambda builder, x, one, small: builder.select(
        builder.fcmp_ordered("<", x, small), one, x
    ),
}
"""How to emit an operation on x. The optimiser does not know that `one` is 1 and `small` nearly 0,
so it cannot join one operation with the next; that they are keeps all numbers moderate."""


def in_chains(operations: Sequence[str]) -> Callable[..., None]:
    """Make the JIT function that does operations on the numbers of one lane."""

    def of_lane(
        context: Any, block: Any, lane: Any, one: Any, small: Any, whole: Any
    ) -> tuple[Any, Callable[..., Any]]:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array, lane, one, small, whole = arguments
            data = make_array(signature.args[0])(context, builder, array).data  # type: ignore[no-untyped-call]
            places = [
                builder.gep(data, [builder.add(lane, ir.Constant(lane.type, row * LANES))])
                for row in range(CHAINS + WHOLE_CHAINS)
            ]
            loaded = [builder.load(place) for place in places]
            numbers = loaded[:CHAINS]
            wholes = [builder.bitcast(number, whole.type) for number in loaded[CHAINS:]]
            turns = 0
            for k, kind in enumerate(operations):
                if kind == LOGIC:
                    # Sums and differences in turns cannot be joined either.
                    emit = builder.xor if turns // WHOLE_CHAINS % 2 else builder.add
                    chain = turns % WHOLE_CHAINS
                    wholes[chain] = emit(wholes[chain], whole)
                    turns += 1
                else:
                    chain = k % CHAINS
                    numbers[chain] = EMIT[kind](builder, numbers[chain], one, small)
            numbers += [builder.bitcast(number, data.type.pointee) for number in wholes]
            for place, number in zip(places, numbers, strict=True):
                builder.store(number, place)
            return context.get_dummy_value()

        return types.none(block, lane, one, small, whole), generate

    made: Callable[..., None] = intrinsic(of_lane)
    return made


def compile_loop(operations: Sequence[str]) -> Any:
    """Compile a loop in which each lane does operations, so many passes over.

    Parameters
    ----------
    operations : sequence of str
        Classes of `operations`, in order.

    Returns
    -------
    numba dispatcher
        To be called as `run` does.
    """
    work = in_chains(operations)

    def loop(block: Numbers, lanes: int, passes: int, one: float, small: float, whole: int) -> None:
        for _ in range(passes):
            for lane in range(lanes):
                work(block, lane, one, small, whole)

    compiled: Any = numba.njit(**FLAGS)(loop)
    compiled.compile(
        (types.float64[::1], types.int64, types.int64, types.float64, types.float64, types.int64)
    )
    return compiled


def run(loop: Any, passes: int) -> Numbers:
    """Run a compiled loop over as many lanes as the kernel's; return its numbers."""
    block = np.full((CHAINS + WHOLE_CHAINS) * LANES, 1.5)
    loop(block, LANES, passes, 1.0, 1e-9, 12345)
    return block
