"""Map files: TOML that describes a map, beside words about the question."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from xorbench.axes import unknown_setting
from xorbench.experiment import OF_SWEEPS, WORDS, read_toml, refuse_content, take_words
from xorbench.maps.plan import NAMES, read_axis
from xorbench.problems import SettingsError


def read_map(path: Path) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """Read what can be read of a map file, and say what is wrong with the rest.

    Returns
    -------
    description, words : dict
        What describes the map; title, question and reference.
    problems : list of str
    """
    try:
        content = read_toml(path)
        refuse_content(path, content, OF_SWEEPS, "a sweep, and no map; train it", "sweep")
    except SettingsError as refusal:
        return {}, {}, refusal.problems
    words, problems = take_words(content)
    known = (*NAMES, *WORDS)
    problems += [unknown_setting(name, known) for name in content if name not in NAMES]
    description = {name: value for name, value in content.items() if name in NAMES}
    return description, words, [f"{path}: {problem}" for problem in problems]


def overridden(description: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Let options override a map file; what of it they make meaningless is left out.

    Examples
    --------
    >>> overridden({"x": "w1", "learning_rate": 3, "seed": 1}, {"x": "learning_rate"})
    {'x': 'learning_rate', 'seed': 1}
    """
    replaced: list[str | None] = []
    if "seed" in given:
        replaced += ["weights"]
    if "weights" in given:
        replaced += ["seed", "init"]
    for option in ("x", "y"):
        if option in given:
            with suppress(SettingsError):  # which is told when the map is planned
                replaced.append(read_axis(option, given[option]).replaces)
    kept = {name: value for name, value in description.items() if name not in replaced}
    return kept | dict(given)
