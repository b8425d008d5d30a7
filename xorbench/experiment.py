"""Experiment files: TOML with the names of the settings, flat, beside words about the question.

A file may describe more than one sweep. Its flat settings are the main one; each table
``[sweeps.NAME]`` is a further one, with the same settings except for those it names. A table
``[published]`` holds what the literature says of them (see :mod:`xorbench.claims`).
"""

import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xorbench.axes import SETTING_NAMES, unknown_setting
from xorbench.problems import SettingsError, refuse, shortened, shown

WORDS = ("title", "question", "reference")
"""What a file may say about its experiment."""

TABLES = ("sweeps", "published")
"""What else a file may hold."""

MAIN = "main"
"""The name of the sweep that the flat settings describe."""

OF_SWEEPS = ("seeds", *TABLES)
OF_MAPS = ("x", "y", "size")
"""What only the files of sweeps hold, and only those of maps."""


@dataclass(frozen=True)
class Experiment:
    """An experiment file.

    Attributes
    ----------
    title, question, reference : str or None
        Its words about itself.
    settings : dict
        The main sweep's, as they are written.
    sweeps : dict
        The settings of each further sweep, those of the main one included.
    published : dict
        The claims, as they are written.
    """

    title: str | None
    question: str | None
    reference: str | None
    settings: dict[str, Any]
    sweeps: dict[str, dict[str, Any]] = field(default_factory=dict)
    published: dict[str, Any] = field(default_factory=dict)


def read_experiment(path: str | Path) -> Experiment:
    r"""Read an experiment file (TOML); its settings are validated later, by ``make_settings``.

    A file of ``initial_weights`` is looked for beside the experiment file.

    Raises
    ------
    SettingsError
        If the file cannot be read, is not TOML, or names settings that there are not.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "rates.toml")
    ...     _ = path.write_text('title = "Rates"\nlearning_rate = "log:0.05:50:16"')
    ...     experiment = read_experiment(path)
    >>> experiment.title, experiment.settings
    ('Rates', {'learning_rate': 'log:0.05:50:16'})
    """
    experiment, problems = examine(Path(path))
    refuse(problems)
    return experiment


def examine(path: Path) -> tuple[Experiment, list[str]]:
    """Read what can be read of an experiment file, and say what is wrong with the rest."""
    try:
        content = read_toml(path)
        refuse_content(path, content, OF_MAPS, "a map, and no sweep; draw it", "map")
    except SettingsError as refusal:
        return Experiment(None, None, None, {}), refusal.problems
    words, problems = take_words(content)
    tables = {name: content.pop(name, {}) for name in TABLES}
    settings, of_settings = examine_settings(content, path, (*WORDS, *TABLES))
    problems += of_settings
    for name, table in tables.items():
        if not isinstance(table, dict):
            problems.append(f"{name}: {shown(table)} is not allowed; give tables [{name}.NAME].")
            tables[name] = {}
    sweeps = {}
    for name, changes in tables["sweeps"].items():
        # It becomes the name of a folder, which has to stay among the results.
        is_name = re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name) and name != MAIN
        if not is_name or not isinstance(changes, dict):
            problems.append(
                f"sweeps: {shown(name)} is not allowed; give a table [sweeps.NAME] of settings,"
                f" with a name of letters, digits, - and _, and another than {MAIN}."
            )
            continue
        changed, of_sweep = examine_settings(changes, path)
        problems += [f"sweeps.{name}: {problem}" for problem in of_sweep]
        sweeps[name] = settings | changed
    experiment = Experiment(
        **words, settings=settings, sweeps=sweeps, published=tables["published"]
    )
    return experiment, [f"{path}: {problem}" for problem in problems]


def take_words(content: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Take out of a file's content what it says about itself, and say what of it is no text."""
    words = {name: content.pop(name, None) for name in WORDS}
    problems = [
        f"{name}: {shown(word)} is not allowed; give a text."
        for name, word in words.items()
        if not isinstance(word, str | None)
    ]
    return words, problems


def examine_settings(
    content: Mapping[str, Any], path: Path, others: tuple[str, ...] = ()
) -> tuple[dict[str, Any], list[str]]:
    """Take the settings of a sweep, and say which names are none; `others` are allowed beside."""
    known = (*SETTING_NAMES, *others)
    problems = [unknown_setting(name, known) for name in content if name not in SETTING_NAMES]
    settings = {name: value for name, value in content.items() if name in SETTING_NAMES}
    if isinstance(settings.get("initial_weights"), str):
        settings["initial_weights"] = str(path.parent / settings["initial_weights"])
    return settings, problems


def refuse_content(
    path: Path, content: Mapping[str, Any], others: tuple[str, ...], what: str, command: str
) -> None:
    """Refuse a file that another command reads, as one of its names tells."""
    if any(name in content for name in others):
        given = shlex.join(["python", "-m", "xorbench", command, str(path)])
        raise SettingsError([f"{path}: describes {what} with: {given}"])


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file."""
    if path.is_dir():
        inside = sorted(path.glob("*.toml"))
        example = f", such as {inside[0]}" if inside else ""
        raise SettingsError([f"{path}: is a folder; give a TOML file{example}."])
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        places = (path.parent, "experiments", "experiments/maps")
        there = [file for place in places if (file := Path(place, f"{path.stem}.toml")).is_file()]
        missing = isinstance(error, FileNotFoundError) and there
        hint = f"; did you mean {there[0]}?" if missing else "."
        raise SettingsError([f"{path}: cannot be read: {reason}{hint}"]) from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError([f"{path}: is not TOML: {shortened(str(error), most=200)}."]) from None
