"""Put ES modules into one script, since a page opened from disk may not load others."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable

IMPORT = re.compile(r'^import\s*\{[^}]*\}\s*from\s*"\./([\w.-]+\.js)";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|function|class|async)\b)", re.MULTILINE)
DECLARED = re.compile(r"^(?:const|let|function|class|async function) (\w+)", re.MULTILINE)


def inline_modules(folder: Traversable, entry: str) -> str:
    """Join a module and all that it imports, each after those that it needs.

    Their imports have to be of the form ``import { ... } from "./NAME.js";``, and no two may
    declare the same name.

    Parameters
    ----------
    folder : Traversable
        Where the modules are.
    entry : str
        The file name of the one that imports the others.

    Returns
    -------
    str
        A script for ``<script type="module">``.

    Raises
    ------
    ValueError
        If two modules declare the same name.
    """
    joined: dict[str, str] = {}

    def add(name: str) -> None:
        if name in joined:
            return
        source = folder.joinpath(name).read_text("utf-8")
        for needed in IMPORT.findall(source):
            add(needed)
        joined[name] = EXPORT.sub("", IMPORT.sub("", source))

    add(entry)
    script = "\n".join(joined.values())
    names = DECLARED.findall(script)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"declared in more than one module: {', '.join(twice)}")
    return script


def individual_script() -> str:
    """Give the script that trains one network again: it declares `mount`."""
    return inline_modules(files("xorbench.report") / "individual", "individual.js")


def individual_style() -> str:
    """Give the style sheet of the individual."""
    return (files("xorbench.report") / "individual" / "individual.css").read_text("utf-8")
