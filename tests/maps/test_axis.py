"""Axes of maps: how they are written, and where their pixels lie."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorbench.maps.axis import RANGES, out_of_range, parse_axis

bounds = st.floats(1e-6, 1e6)


@pytest.mark.parametrize("name", RANGES)
def test_every_axis_has_a_range_that_fits(name: str) -> None:
    axis = parse_axis(name)
    assert (
        axis.text
        == f"{name}={'log' if axis.logarithmic else 'linear'}:" + axis.text.split(":", 1)[1]
    )
    assert parse_axis(axis.text) == axis
    assert out_of_range(axis, 4096) is None


@given(bounds, bounds, st.integers(16, 200), st.booleans())
def test_pixels_are_the_middles_of_equal_parts(a: float, b: float, count: int, log: bool) -> None:
    start, stop = min(a, b), 2 * max(a, b)
    axis = parse_axis(f"w1={'log' if log else 'linear'}:{start!r}:{stop!r}")
    along = np.log if log else np.asarray
    edges = np.linspace(along(start), along(stop), count + 1)
    middles = (edges[1:] + edges[:-1]) / 2
    expected = np.exp(middles) if log else middles
    np.testing.assert_allclose(axis.centres(count), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    ["w1=", "w1=1", "w1=1:2", "w1=linear:2:1", "w1=linear:1:1", "w1=log:0:1", "w1=log:-1:1",
     "w1=linear:0:inf", "w1=linear:nan:1", "w1=cubic:1:2", "w1=linear:0:1:5"],
)  # fmt: skip
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not allowed; give w1=linear:START:STOP"):
        parse_axis(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("momentum=linear:0:2", "has a pixel at 1.984375, which is not allowed; give a number"),
        (
            "learning_rate=linear:-1:1",
            "has a pixel at -0.984375, which is not allowed; give finite",
        ),
        ("start_scale=linear:-1:1", "which is not allowed; give numbers of 0 or more"),
        ("stop_threshold=linear:-1:1", "which is not allowed; give numbers above 0"),
        (f"w1=linear:1:{math.nextafter(1, 2)!r}", "is too narrow for 64 pixels"),
    ],
)
def test_pixels_outside_of_what_is_allowed_are_named(text: str, part: str) -> None:
    assert part in (out_of_range(parse_axis(text), 64) or "")


def test_the_edges_need_not_be_allowed_themselves() -> None:
    assert out_of_range(parse_axis("momentum=linear:0:1"), 64) is None
