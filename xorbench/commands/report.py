"""The command `report`: the pictures of a stored sweep, and a page that opens anywhere."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from xorbench.commands import DONE, Job, say
from xorbench.commands.options import Text
from xorbench.extras import require
from xorbench.problems import SettingsError, all_of

if TYPE_CHECKING:
    from xorbench.figures.data import Sweep


def report(folder: str, /, *, only: Text = None) -> Job:
    """Draw the pictures of a stored sweep, and write a report that opens in any browser.

    FOLDER/figures has every picture as PNG and SVG; FOLDER/report.html is one file that needs
    nothing else, to be opened from the disk or attached to a letter.

    Parameters
    ----------
    folder
        The folder of the sweep, on this machine.
    only
        Draw just these pictures, and no report: converged, epochs, survival, seeds, pairs, mix.
    """
    require("report", "matplotlib", "altair", "vl_convert")
    from xorbench.figures.data import read_sweep
    from xorbench.figures.gallery import read_names

    path = local_folder(folder)
    sweep, names = all_of(lambda: read_sweep(path), lambda: read_names(only))
    return partial(write_report, sweep, path, names, only is None)


def local_folder(text: str) -> Path:
    """Read a folder that can be written as others are."""
    from xorbench.locations import read_location

    location = read_location(text)
    if isinstance(location, Path):
        return location
    raise SettingsError([f"{location} is not on this machine; copy it to a folder, and give that."])


def write_report(sweep: "Sweep", folder: Path, names: list[str], page: bool) -> int:
    """Write the pictures and the page."""
    from xorbench.figures.gallery import write_pictures
    from xorbench.places import reason
    from xorbench.report.page import write_page

    figures = folder / "figures"
    try:
        pictures = write_pictures(sweep, figures, names)
        say(f"wrote {len(pictures)} pictures to {figures}.")
        if page:
            say(f"wrote {write_page(sweep, folder)}; open it in a browser.")
    except OSError as error:
        raise SettingsError([f"{folder} cannot be written ({reason(error)})."]) from None
    return DONE
