"""The box-counting dimension of the boundary between the runs that converged and all others.

A pixel belongs to the boundary if its right or its upper neighbour ended differently. Of a grid of
boxes of s x s pixels, N(s) hold such a pixel; where N(s) falls like s^-D, D is the dimension. A
smooth line has D = 1, and a boundary that is everywhere D = 2. What lies along the lines of one
grid would be counted wrongly, so N(s) is the mean over all places where the grid can lie.

Boxes smaller than 4 pixels see the pixels rather than the boundary, boxes larger than a sixteenth
of the map are too few; D is fitted between. Lines, and fractals whose dimension is known, so come
out right to 0.06. How sure D is follows from the map itself: it is cut into tiles of the largest
box, which a Bayesian bootstrap (Rubin 1981) weighs at random, so the interval tells how much D
differs from place to place. Whether N(s) is a power of s at all is told by the local slopes,
between one scale and the next: of a true fractal they are alike.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SMALLEST_BOX = 4
LARGEST_SHARE = 16
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
    counts : tuple of float
        How many boxes of each scale hold boundary.
    slopes : tuple of float
        The dimension between each scale and the next.
    """

    value: float
    low: float
    high: float
    scales: tuple[int, ...]
    counts: tuple[float, ...]
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
        256 pixels high or wide.

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
    total = counts.sum(axis=0)
    value = fitted(scales, total)
    weights = np.random.default_rng(0).exponential(size=(SAMPLES, len(counts)))
    low, high = np.quantile(fitted(scales, weights @ counts), [0.025, 0.975])
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
    (4, 8, 16, 32, 64)
    """
    scales = []
    scale = SMALLEST_BOX
    while scale * LARGEST_SHARE <= side:
        scales.append(scale)
        scale *= 2
    return tuple(scales)


def counts_in_tiles(
    marked: npt.NDArray[np.bool_], scales: tuple[int, ...]
) -> npt.NDArray[np.float64]:
    """Count the boxes with boundary of each scale in each tile; what fills no tile is left out."""
    tile = scales[-1]
    rows, columns = marked.shape[0] // tile, marked.shape[1] // tile
    counts = np.empty((rows * columns, len(scales)))
    for number, scale in enumerate(scales):
        held = holding(marked, scale)[: rows * tile, : columns * tile]
        places = held.reshape(rows, tile, columns, tile).sum(axis=(1, 3))
        counts[:, number] = places.ravel() / scale**2
    return counts


def holding(marked: npt.NDArray[np.bool_], scale: int) -> npt.NDArray[np.bool_]:
    """Tell around which pixels a box of this scale holds a marked one.

    Examples
    --------
    >>> holding(np.array([[0, 0, 0, 0, 1, 0, 0, 0]], dtype=bool), 4).astype(int)
    array([[0, 0, 0, 1, 1, 1, 1, 0]])
    """
    before = scale // 2
    padded = np.pad(marked, [(before + 1, scale - 1 - before)] * 2)
    sums = padded.astype(np.int32).cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
    inside = sums[scale:, scale:] - sums[:-scale, scale:] - sums[scale:, :-scale]
    held: npt.NDArray[np.bool_] = inside + sums[:-scale, :-scale] > 0
    return held


def fitted(scales: tuple[int, ...], counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Fit the slope of log N against log s, with its sign changed; counts (..., scales)."""
    logs = np.log2(scales)
    logs -= logs.mean()
    slope: npt.NDArray[np.float64] = -(np.log2(counts) @ logs) / (logs @ logs)
    return slope
