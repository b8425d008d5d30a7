"""Numbers, tables and paragraphs as plain text of at most 80 columns."""

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
