"""The box-counting dimension of the boundary between the runs that converged and all others.

A pixel belongs to the boundary if its right or its upper neighbour ended differently. Of boxes
of s x s pixels, N(s) hold such a pixel; where N(s) falls like s^-D, D is the dimension. A smooth
line has D = 1, and a boundary that is everywhere D = 2.

Boxes smaller than 4 pixels see the pixels rather than the boundary, boxes larger than an eighth
of the map are too few; D is fitted between. How sure it is follows from the map itself: it is cut
into tiles of the largest box, of which a bootstrap draws anew, so the interval tells how much D
differs from place to place. Whether N(s) is a power of s at all is told by the local slopes,
between one scale and the next: of a true fractal they are alike.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SMALLEST_BOX = 4
LARGEST_SHARE = 8
SAMPLES = 1000


@dataclass(frozen=True)
class Dimension:
    """A box-counting dimension.

    Attributes
    ----------
    value : float
    low, high : float
        The middle 95 % of the bootstrap.
    scales : tuple of int
        Sides of the boxes, in pixels.
    counts : tuple of int
        How many boxes of each scale hold boundary.
    slopes : tuple of float
        The dimension between each scale and the next.
    """

    value: float
    low: float
    high: float
    scales: tuple[int, ...]
    counts: tuple[int, ...]
    slopes: tuple[float, ...]


def boundary(inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Mark the pixels whose right or upper neighbour is on the other side.

    Examples
    --------
    >>> boundary(np.array([[False, False, True], [False, False, True]])).astype(int)
    array([[0, 1, 0],
           [0, 1, 0]])
    """
    marked = np.zeros_like(inside)
    marked[:, :-1] = inside[:, 1:] != inside[:, :-1]
    marked[:-1] |= inside[1:] != inside[:-1]
    return marked


def box_dimension(inside: npt.NDArray[np.bool_]) -> Dimension | None:
    """Measure the dimension of the boundary of a set of pixels.

    Parameters
    ----------
    inside : bool array (height, width)

    Returns
    -------
    Dimension or None
        None if there is no boundary, or the picture is too small for three scales: less than
        128 pixels high or wide.

    Examples
    --------
    >>> inside = np.arange(256) < np.arange(256)[:, np.newaxis] // 3 + 40  # a straight line
    >>> round(box_dimension(inside).value, 2)
    1.0
    """
    scales = scales_for(min(inside.shape))
    marked = boundary(inside)
    if len(scales) < 3 or not marked.any():
        return None
    counts = counts_in_tiles(marked, scales)
    counts = counts[counts.any(axis=1)]  # empty tiles tell nothing
    value = fitted(scales, counts.sum(axis=0))
    generator = np.random.default_rng(0)
    drawn = generator.integers(0, len(counts), (SAMPLES, len(counts)))
    low, high = np.quantile(fitted(scales, counts[drawn].sum(axis=1)), [0.025, 0.975])
    total = counts.sum(axis=0)
    slopes = -np.diff(np.log2(total))
    return Dimension(
        float(value),
        float(low),
        float(high),
        scales,
        tuple(total.tolist()),
        tuple(slopes.tolist()),
    )


def scales_for(side: int) -> tuple[int, ...]:
    """Choose the sides of boxes for a picture whose shorter side is known.

    Examples
    --------
    >>> scales_for(1024)
    (4, 8, 16, 32, 64, 128)
    """
    scales = []
    scale = SMALLEST_BOX
    while scale * LARGEST_SHARE <= side:
        scales.append(scale)
        scale *= 2
    return tuple(scales)


def counts_in_tiles(
    marked: npt.NDArray[np.bool_], scales: tuple[int, ...]
) -> npt.NDArray[np.int64]:
    """Count the boxes with boundary of each scale in each tile; what fills no tile is left out."""
    tile = scales[-1]
    rows, columns = marked.shape[0] // tile, marked.shape[1] // tile
    boxes = marked[: rows * tile, : columns * tile]
    counts = np.empty((rows * columns, len(scales)), np.int64)
    side = 1
    for number, scale in enumerate(scales):
        step = scale // side
        height, width = boxes.shape
        squares = boxes.reshape(height // step, step, width // step, step)
        boxes = np.any(squares, axis=(1, 3))
        side = scale
        inside = tile // scale
        tiled = boxes.reshape(rows, inside, columns, inside)
        counts[:, number] = tiled.sum(axis=(1, 3)).ravel()
    return counts


def fitted(scales: tuple[int, ...], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Fit the slope of log N against log s, with its sign changed; counts (..., scales)."""
    logs = np.log2(scales)
    logs -= logs.mean()
    slope: npt.NDArray[np.float64] = -(np.log2(counts) @ logs) / (logs @ logs)
    return slope
