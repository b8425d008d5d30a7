"""Count the arithmetic of vector loops in the listing that the compiler's optimiser leaves.

LLVM's listing is the same language for every processor, and says of each instruction how many
numbers it works on. The loop's index says for how many lanes one pass of its body works.
"""

import re
from collections import Counter
from collections.abc import Iterator

FUSED = "fused"
PRODUCT = "product"
SUM = "sum"
DIVISION = "division"
COMPARISON = "comparison"
LOGIC = "logic"

FLOPS = {FUSED: 2, PRODUCT: 1, SUM: 1, DIVISION: 1}
"""Floating-point operations, as they are usually counted, in one operation of each class."""

CLASSES = {
    "llvm.fma": FUSED,
    "fmul": PRODUCT,
    "fadd": SUM,
    "fsub": SUM,
    "fdiv": DIVISION,
    "fcmp": COMPARISON,
    "llvm.maxnum": COMPARISON,
    "llvm.minnum": COMPARISON,
    "llvm.fabs": LOGIC,
    **dict.fromkeys(("add", "sub", "shl", "lshr", "ashr", "and", "or", "xor", "icmp"), LOGIC),
}
"""Instructions that vector units compute with. A change of sign is part of its user, a selection
part of its comparison; the rest moves numbers."""

BLOCK = re.compile(r"^([\w.$-]+):", re.MULTILINE)
NUMBERS = re.compile(r"<(\d+) x (?:double|float|i64|i32)>")
CALL = re.compile(r" = (?:tail )?call (?:[a-z]+ )*<\d+ x \w+> @([a-z.]+?)\.v\d+")
INSTRUCTION = re.compile(r" = ([a-z]+) ")
PHI = re.compile(r"(%[\w.$-]+) = phi i64 (.*)")
INCREMENT = re.compile(r"(%[\w.$-]+) = (?:add|or)(?: [a-z]+)* i64 (%[\w.$-]+), (-?\d+)")


class NotCountedError(Exception):
    """There is no vector loop to count, or its index is not understood."""


def vector_loops(listing: str) -> Iterator[tuple[str, str]]:
    """Find blocks that jump to themselves and compute with vectors: their names and bodies.

    The one that a vectoriser adds for what is left over when a loop's passes are not whole is
    left out.
    """
    _, *blocks = BLOCK.split(listing)
    for name, body in zip(blocks[::2], blocks[1::2], strict=True):
        again = re.search(rf"\bbr i1 .*label %{re.escape(name)}(?=[,\s])", body)
        if again and NUMBERS.search(body) and "vec.epilog" not in name:
            yield name, body


def lanes_of_a_pass(name: str, body: str) -> int:
    """Tell how far the index of a loop advances in one pass.

    Raises
    ------
    NotCountedError
    """
    increments = {result: (origin, int(by)) for result, origin, by in INCREMENT.findall(body)}
    for index, sources in PHI.findall(body):
        again = re.search(rf"\[ (%[\w.$-]+), %{re.escape(name)} \]", sources)
        value, total = (again.group(1), 0) if again else ("", 0)
        while value in increments and value != index:
            value, by = increments[value]
            total += by
        if value == index and total:
            return abs(total)
    raise NotCountedError


def vector_operations(body: str) -> Counter[str]:
    """Count the numbers that the vector instructions of a body compute, by class."""
    counts: Counter[str] = Counter()
    for line in body.splitlines():
        instruction = CALL.search(line) or INSTRUCTION.search(line)
        numbers = NUMBERS.search(line)
        if instruction and numbers and instruction.group(1) in CLASSES:
            counts[CLASSES[instruction.group(1)]] += int(numbers.group(1))
    return counts


def operations_per_lane(listing: str) -> dict[str, int]:
    """Count the operations of one lane in one pass of each vector loop in a listing.

    Parameters
    ----------
    listing : str
        What `inspect_llvm` of a compiled function says.

    Returns
    -------
    dict of str to int
        Operations by class.

    Raises
    ------
    NotCountedError
    """
    total: Counter[str] = Counter()
    for name, body in vector_loops(listing):
        lanes = lanes_of_a_pass(name, body)
        total.update({kind: count / lanes for kind, count in vector_operations(body).items()})
    if not total:
        raise NotCountedError
    return {kind: round(count) for kind, count in total.items()}


def widest_vector(listing: str) -> int:
    """Tell the bits of the widest vectors of floating-point numbers in a listing."""
    sizes = {"double": 64, "float": 32}
    found = re.findall(r"<(\d+) x (double|float)>", listing)
    return max((int(count) * sizes[kind] for count, kind in found), default=0)
