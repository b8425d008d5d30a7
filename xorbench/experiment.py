"""Experiment files: TOML with the names of the settings, flat, beside words about the question."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xorbench.axes import SETTING_NAMES, unknown_setting
from xorbench.problems import SettingsError, refuse, shortened, shown

WORDS = ("title", "question", "reference")
"""What a file may say about its experiment."""


@dataclass(frozen=True)
class Experiment:
    """An experiment file: its words about itself, and the settings as they are written there."""

    title: str | None
    question: str | None
    reference: str | None
    settings: dict[str, Any]


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
    except SettingsError as refusal:
        return Experiment(None, None, None, {}), refusal.problems
    known = (*SETTING_NAMES, *WORDS)
    problems = [unknown_setting(name, known) for name in content if name not in known]
    words = {name: content.pop(name, None) for name in WORDS}
    problems += [
        f"{name}: {shown(word)} is not allowed; give a text."
        for name, word in words.items()
        if not isinstance(word, str | None)
    ]
    settings = {name: value for name, value in content.items() if name in SETTING_NAMES}
    if isinstance(settings.get("initial_weights"), str):
        settings["initial_weights"] = str(path.parent / settings["initial_weights"])
    return Experiment(**words, settings=settings), [f"{path}: {problem}" for problem in problems]


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SettingsError([f"{path}: cannot be read: {reason}."]) from None
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError([f"{path}: is not TOML: {shortened(str(error), most=200)}."]) from None
