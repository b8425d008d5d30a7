"""All the pictures of a sweep, by name."""

from collections.abc import Callable, Iterable
from pathlib import Path

from matplotlib.figure import Figure

from xorbench.figures import converged, epochs, mix, pairs, seeds, survival
from xorbench.figures.data import Sweep
from xorbench.figures.style import save, style
from xorbench.problems import refuse, shown, unknown_word

PICTURES: dict[str, Callable[[Sweep], Figure]] = {
    "converged": converged.draw,
    "epochs": epochs.draw,
    "survival": survival.draw,
    "seeds": seeds.draw,
    "pairs": pairs.draw,
    "mix": mix.draw,
}

KINDS = (".png", ".svg")


def read_names(given: str | None) -> list[str]:
    """Read a list of pictures; all of them if none is given.

    Examples
    --------
    >>> read_names("pairs, mix")
    ['pairs', 'mix']
    """
    if given is None:
        return list(PICTURES)
    names = [word.strip() for word in given.split(",")]
    refuse(
        [
            f"only: {shown(word)} {unknown_word(word, list(PICTURES))}"
            for word in names
            if word not in PICTURES
        ]
    )
    return list(dict.fromkeys(names))


def write_pictures(sweep: Sweep, folder: Path, names: Iterable[str] = PICTURES) -> list[Path]:
    """Write pictures of a sweep, as PNG and as SVG.

    Returns
    -------
    list of Path
        The files.
    """
    folder.mkdir(exist_ok=True)
    written = []
    for name in names:
        with style():
            figure = PICTURES[name](sweep)
            for kind in KINDS:
                written.append(folder / f"{name}{kind}")
                save(figure, written[-1])
    return written
