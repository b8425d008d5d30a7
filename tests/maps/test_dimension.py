"""Box counting, on sets whose dimension is known."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image, ImageDraw

from xorbench.maps.dimension import boundary, box_dimension, scales_for

Pixels = npt.NDArray[np.bool_]
SIDE = 1024
ROWS, COLUMNS = np.mgrid[:SIDE, :SIDE]


def sierpinski() -> Pixels:
    """The triangle of Pascal's numbers that are odd."""
    odd: Pixels = (ROWS & COLUMNS) == 0
    return odd


def koch() -> Pixels:
    """A snowflake, filled."""
    points = 0.45 * np.exp(2j * np.pi * np.array([0.25, -1 / 12, -5 / 12, 0.25]))
    for _ in range(7):
        start, step = points[:-1], np.diff(points) / 3
        corner = start + step + step * np.exp(1j * np.pi / 3)
        parts = np.stack([start, start + step, corner, start + 2 * step])
        points = np.append(parts.T.ravel(), points[-1])
    picture = Image.new("1", (SIDE, SIDE))
    corners = np.column_stack([points.real, points.imag]) * SIDE + SIDE / 2
    ImageDraw.Draw(picture).polygon([*map(tuple, corners)], fill=1)
    return np.array(picture)


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0, -1.0, -2.5])
def test_a_straight_line_has_dimension_1(slope: float) -> None:
    found = box_dimension(slope * (ROWS - SIDE / 2) < COLUMNS - SIDE / 2)
    assert found is not None
    assert found.value == pytest.approx(1, abs=0.04)
    assert found.scales == (4, 8, 16, 32, 64)


def test_a_circle_has_dimension_1() -> None:
    found = box_dimension(np.hypot(ROWS - 512, COLUMNS - 512) < 400)
    assert found is not None
    assert found.value == pytest.approx(1, abs=0.04)


def test_a_boundary_that_is_everywhere_has_dimension_2() -> None:
    found = box_dimension(np.random.default_rng(5).random((SIDE, SIDE)) < 0.5)
    assert found is not None
    assert found.value == pytest.approx(2, abs=1e-4)
    assert found.low == pytest.approx(found.high, abs=1e-4)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [(sierpinski(), math.log(3) / math.log(2)), (koch(), math.log(4) / math.log(3))],
)
def test_fractals_have_the_dimension_that_is_known(picture: Pixels, expected: float) -> None:
    found = box_dimension(picture)
    assert found is not None
    assert found.value == pytest.approx(expected, abs=0.06)
    assert found.low < found.value < found.high
    assert all(abs(slope - expected) < 0.15 for slope in found.slopes)


def test_the_inverse_has_the_same_boundary() -> None:
    picture = sierpinski()
    assert (boundary(picture) == boundary(~picture)).all()


@pytest.mark.parametrize("value", [False, True])
def test_a_plain_picture_has_no_boundary(value: bool) -> None:
    assert box_dimension(np.full((256, 256), value)) is None


def test_small_pictures_are_not_measured() -> None:
    assert scales_for(255) == (4, 8)
    assert box_dimension(np.indices((255, 300))[0] % 2 == 0) is None
    assert box_dimension(np.indices((256, 300))[0] % 2 == 0) is not None


def test_what_fills_no_tile_is_left_out() -> None:
    found = box_dimension((COLUMNS < 300)[:1000, :1023])
    assert found is not None
    assert found.scales[-1] == 32
    assert found.counts[-1] == 1000 // 32


def test_one_boundary_pixel_has_an_interval_too() -> None:
    found = box_dimension((ROWS == 100) & (COLUMNS == 500))
    assert found is not None
    assert found.low < found.value < found.high < 0.6
