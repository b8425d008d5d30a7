"""Counting: on listings written by hand, and on compiled loops whose operations are known."""

import platform
import re
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest
from numba.core import types

from xorbench.bench.operations import NotCountedError, operations_per_lane, widest_vector
from xorbench.bench.roofline import ALONE, count_epoch
from xorbench.bench.throughput import compile_loop, in_chains, run, spread
from xorbench.jit import FLAGS

LISTING = """
define i32 @f() {
entry:
  %x = fadd <4 x double> %a, %b
  br label %vector.body

vector.body:                                      ; preds = %vector.body, %entry
  %index = phi i64 [ 0, %entry ], [ %index.next.1, %vector.body ]
  %sum = phi <4 x i64> [ zeroinitializer, %entry ], [ %all, %vector.body ]
  %wide = load <4 x double>, ptr %p, align 8
  %1 = tail call <4 x double> @llvm.fma.v4f64(<4 x double> %wide, <4 x double> %c, <4 x double> %d)
  %2 = fmul <4 x double> %1, %1
  %3 = fneg <4 x double> %2
  %4 = fdiv <4 x double> splat (double 1.000000e+00), %3
  %5 = fmul double %s, %s
  %index.next = or disjoint i64 %index, 4
  %6 = tail call <4 x double> @llvm.fma.v4f64(<4 x double> %4, <4 x double> %c, <4 x double> %d)
  %7 = fmul <4 x double> %6, %6
  %8 = fdiv <4 x double> splat (double 1.000000e+00), %7
  %9 = bitcast <4 x double> %8 to <4 x i64>
  %all = or <4 x i64> %9, %sum
  %10 = and <4 x i64> %all, %9
  store <4 x double> %8, ptr %p, align 8
  %index.next.1 = add nuw i64 %index, 8
  %11 = icmp eq i64 %index.next.1, %n
  br i1 %11, label %vec.epilog.vector.body, label %vector.body, !llvm.loop !0

vec.epilog.vector.body:                           ; preds = %vec.epilog.vector.body, %vector.body
  %index2 = phi i64 [ 0, %vector.body ], [ %index2.next, %vec.epilog.vector.body ]
  %12 = fadd <2 x double> %y, %y
  %index2.next = add i64 %index2, 2
  br i1 %13, label %scalar, label %vec.epilog.vector.body

scalar:                                           ; preds = %scalar, %vec.epilog.vector.body
  %i = phi i64 [ 0, %vec.epilog.vector.body ], [ %i.next, %scalar ]
  %14 = fadd double %z, %z
  %i.next = add i64 %i, 1
  br i1 %15, label %done, label %scalar

second:                                           ; preds = %second, %done
  %j = phi i64 [ %j.next, %second ], [ 0, %done ]
  %16 = fsub <4 x double> %y, %y
  %17 = fcmp olt <4 x double> %y, %16
  %j.half = add i64 %j, 4
  %19 = fsub <4 x double> %y, %y
  %20 = fcmp olt <4 x double> %y, %19
  %j.next = add i64 %j.half, 4
  br i1 %18, label %second, label %end

end:
  ret i32 0
}
"""


def test_unrolled_vector_loops_are_counted_and_nothing_else_is() -> None:
    expected = {"fused": 1, "product": 1, "division": 1, "logic": 1, "sum": 1, "comparison": 1}
    assert operations_per_lane(LISTING) == expected
    assert widest_vector(LISTING) == 256


@pytest.mark.parametrize(
    "listing",
    [
        "",
        LISTING.replace("vector.body", "vec.epilog.x").replace("second", "vec.epilog.y"),
        LISTING.replace("%index.next.1 = add nuw i64 %index, 8", "%index.next.1 = call i64 @f()"),
    ],
)
def test_what_is_not_understood_is_not_counted(listing: str) -> None:
    with pytest.raises(NotCountedError):
        operations_per_lane(listing)


def listing_of(operations: list[str]) -> str:
    work = in_chains(operations)

    def loop(block: npt.NDArray[np.float64], lanes: int, one: float, small: float) -> None:
        for lane in range(lanes):
            work(block, lane, one, small, lanes)

    compiled: Any = numba.njit(**FLAGS)(loop)
    compiled.compile((types.float64[::1], types.int64, types.float64, types.float64))
    (listing,) = compiled.inspect_llvm().values()
    return str(listing)


@pytest.mark.parametrize(
    "counts",
    [
        {"fused": 3, "division": 1},
        {"fused": 30, "product": 20, "sum": 11, "division": 3, "comparison": 2, "logic": 9},
    ],
)
def test_compiled_loops_have_the_operations_asked_for(counts: dict[str, int]) -> None:
    listing = listing_of(spread(counts))
    assert operations_per_lane(listing) == counts
    assert widest_vector(listing) >= 128


def test_the_loop_of_the_peak_is_vectors_as_wide_as_the_kernels() -> None:
    kind, operations = "fused", ALONE["fused"][1]
    loop = compile_loop(operations)
    (listing,) = loop.inspect_llvm().values()
    epoch = count_epoch()
    assert operations_per_lane(str(listing)) == {kind: len(operations)}
    assert widest_vector(str(listing)) == epoch.vector_bits
    if platform.machine() in ("x86_64", "AMD64"):
        (code,) = loop.inspect_asm().values()
        register = {128: "xmm", 256: "ymm", 512: "zmm"}[epoch.vector_bits]
        fused = rf"\bvfmadd\d+pd\s.*%{register}"
        assert epoch.vector_bits < 256 or len(re.findall(fused, code)) >= len(operations)
    numbers = run(loop, 1000)
    assert ((numbers >= 1.5) & (numbers < 1.6)).all()
    # Three exponentials for each hidden unit and one an output, of eight each at the least.
    assert epoch.operations is not None
    assert epoch.operations["fused"] >= 80
    assert 1 <= epoch.operations["division"] <= 12
