"""Places for letters: the largest squares in a set of pixels."""

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from xorbench.maps.regions import largest_square, places

pictures = arrays.arrays(np.bool_, st.tuples(st.integers(1, 9), st.integers(1, 9)))


@given(pictures)
def test_the_largest_square_is_that_of_a_search_by_hand(inside: npt.NDArray[np.bool_]) -> None:
    height, width = inside.shape
    squares = {
        (side, row + side // 2, column + side // 2)
        for side in range(1, min(height, width) + 1)
        for row in range(height - side + 1)
        for column in range(width - side + 1)
        if inside[row : row + side, column : column + side].all()
    }
    largest = max((side for side, _, _ in squares), default=0)
    side, (rows, columns) = largest_square(inside)
    assert side == largest
    found = {(side, int(row), int(column)) for row, column in zip(rows, columns, strict=True)}
    assert found == {square for square in squares if square[0] == largest}


def test_letters_stand_in_wide_parts_only() -> None:
    inside = np.zeros((1024, 2048), dtype=bool)
    inside[:200, :200] = inside[600:900, 1500:2000] = True
    inside[500] = inside[:, 1000] = True
    found = places(inside)
    assert len(found) == 2
    (row, column), (other_row, other_column) = found
    assert 700 < row < 800
    assert 1600 < column < 1900
    assert abs(other_row - 100) <= 8
    assert abs(other_column - 100) <= 8


def test_where_all_is_narrow_there_are_no_letters() -> None:
    assert places(np.indices((64, 64)).sum(axis=0) % 2 == 0) == []
    assert places(np.zeros((64, 64), dtype=bool)) == []
