"""Where the regions of a map are wide enough for a letter that names them."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from xorbench.maps.dimension import holding

Pixels = npt.NDArray[np.bool_]

FINE_ENOUGH = 512  # pixels along the longer side
NARROWEST = 1 / 32  # of it
MOST_PLACES = 3


def places(inside: Pixels) -> list[tuple[int, int]]:
    """Choose the middles of the widest parts of a set of pixels, rows and columns.

    Examples
    --------
    >>> inside = np.zeros((90, 90), dtype=bool)
    >>> inside[10:31, 10:31] = inside[50:81, 50:81] = True
    >>> places(inside)
    [(65, 65), (20, 20)]
    """
    step = -(-max(inside.shape) // FINE_ENOUGH)
    left = inside[::step, ::step].copy()
    found: list[tuple[int, int]] = []
    for row, column, side in squares(left):
        if side < NARROWEST * max(left.shape) or len(found) == MOST_PLACES:
            break
        found.append((row * step, column * step))
    return found


def squares(left: Pixels) -> Iterator[tuple[int, int, int]]:
    """Find the largest square in a set of pixels, then the next one beside it, and so on.

    A middle and a side each. What is near to a square is taken out of the set.
    """
    while True:
        side, (rows, columns) = largest_square(left)
        if not side:
            return
        middle = rows.size // 2
        row, column = int(rows[middle]), int(columns[middle])
        yield row, column, side
        left[max(row - side, 0) : row + side, max(column - side, 0) : column + side] = False


def largest_square(inside: Pixels) -> tuple[int, tuple[npt.NDArray[np.intp], ...]]:
    """Find the side of the largest square in a set of pixels, and the middles of all such squares.

    Examples
    --------
    >>> largest_square(np.array([[1, 1, 0], [1, 1, 0], [0, 0, 0]], dtype=bool))
    (2, (array([1]), array([1])))
    """
    smallest, largest = 0, min(inside.shape)
    middles: tuple[npt.NDArray[np.intp], ...] = (np.empty(0, np.intp), np.empty(0, np.intp))
    while smallest < largest:
        side = (smallest + largest + 1) // 2
        before, after = side // 2, side - 1 - side // 2
        whole = ~holding(~inside, side)
        whole = whole[before : inside.shape[0] - after, before : inside.shape[1] - after]
        if whole.any():
            smallest = side
            middles = tuple(part + before for part in np.nonzero(whole))
        else:
            largest = side - 1
    return smallest, middles
