"""Numbers, tables and paragraphs as plain text of at most 80 columns."""

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence


def number(value: float, decimals: int) -> str:
    """Write a number with so many decimals, or as a power of ten if it is large.

    Parameters
    ----------
    value : float
        What to write; zero never gets a minus sign.
    decimals : int
        Digits after the point of a number below 10000.

    Returns
    -------
    str
        At most 16 characters for 10 decimals.

    Examples
    --------
    >>> number(-0.25, 3), number(-1e-9, 3), number(1.5e300, 3)
    ('-0.250', '0.000', '1.5000000e+300')
    """
    value = float(value)
    return f"{value:z.{decimals}f}" if abs(value) < 1e4 else f"{value:.7e}"


def numbers(values: Iterable[float], decimals: int) -> list[str]:
    """Write each of several numbers.

    Parameters
    ----------
    values : iterable of float
        What to write.
    decimals : int
        As for `number`.

    Returns
    -------
    list of str
        One text a number.

    Examples
    --------
    >>> numbers([0, 0.5, 1], 0)
    ['0', '0', '1']
    """
    return [number(value, decimals) for value in values]


def table(columns: Mapping[str, Sequence[str]]) -> str:
    """Set columns side by side, aligned on the right.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        Headings, and the cells below each.

    Returns
    -------
    str
        Lines indented by two spaces.

    Examples
    --------
    >>> print(table({"x": ["0", "10"], "name": ["zero", "ten"]}))
       x  name
       0  zero
      10   ten
    """
    aligned = []
    for heading, cells in columns.items():
        width = max(len(text) for text in (heading, *cells))
        aligned.append([text.rjust(width) for text in (heading, *cells)])
    return "\n".join("  " + "  ".join(row) for row in zip(*aligned, strict=True))


def paragraph(text: str) -> str:
    """Break a text into lines.

    Parameters
    ----------
    text : str
        Words between any white space.

    Returns
    -------
    str
        Lines of at most 78 characters.

    Examples
    --------
    >>> paragraph("one   line    of words")
    'one line of words'
    """
    words = " ".join(text.split())
    return textwrap.fill(words, 78, break_long_words=False, break_on_hyphens=False)


def bytes_text(count: float) -> str:
    """Write a number of bytes with two digits, or a unit's worth.

    Examples
    --------
    >>> bytes_text(950), bytes_text(1_448_000), bytes_text(6.2e10), bytes_text(4.4e14)
    ('950 B', '1.4 MB', '62 GB', '440 TB')
    """
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 999.5 or unit == "TB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if count >= 9.95 else f"{count:.1f} {unit}"


def duration(seconds: float) -> str:
    """Write a time as people say it.

    Examples
    --------
    >>> duration(0.31), duration(45), duration(400), duration(30_000), duration(2e6)
    ('0.3 s', '45 s', '6.7 min', '8.3 h', '23 days')
    """
    units = (("s", 1, 100), ("min", 60, 6000), ("h", 3600, 172_800), ("days", 86_400, math.inf))
    unit, length = next((unit, length) for unit, length, most in units if seconds < most)
    count = seconds / length
    return f"{count:,.0f} {unit}" if count >= 9.95 else f"{count:.1f} {unit}"
