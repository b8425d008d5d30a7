"""Map files: TOML that describes a map, beside words about the question."""

from pathlib import Path
from typing import Any

from xorbench.axes import unknown_setting
from xorbench.experiment import WORDS, read_toml
from xorbench.maps.plan import NAMES
from xorbench.problems import SettingsError, shown


def read_map(path: Path) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Read what can be read of a map file, and say what is wrong with the rest.

    Returns
    -------
    description, words : dict
        What describes the map, and title, question and reference.
    problems : list of str
    """
    try:
        content = read_toml(path)
    except SettingsError as refusal:
        return {}, {}, refusal.problems
    words = {name: content.pop(name) for name in WORDS if name in content}
    known = (*NAMES, *WORDS)
    problems = [unknown_setting(name, known) for name in content if name not in NAMES]
    problems += [
        f"{name}: {shown(word)} is not allowed; give a text."
        for name, word in words.items()
        if not isinstance(word, str)
    ]
    description = {name: value for name, value in content.items() if name in NAMES}
    return description, words, [f"{path}: {problem}" for problem in problems]
