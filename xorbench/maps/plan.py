"""A validated map: its axes, its size, and everything that all its runs share."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from xorbench.axes import AXES, LAST_SEED, read_whole, unknown_setting
from xorbench.maps.axis import OUTPUT_RATE, STOP_THRESHOLD, MapAxis, out_of_range, parse_axis
from xorbench.notation import StopRule, as_number, as_whole, number_text
from xorbench.problems import SettingsError, all_of, refuse, shown
from xorbench.seeding import starting_weights
from xorbench.settings import Settings, fingerprint_of, make_settings

NAMES = ("x", "y", "size", "seed", "weights", *AXES)
"""What describes a map."""

DEFAULTS: dict[str, Any] = {
    "x": "learning_rate",
    "y": "start_scale",
    "size": 512,
    "max_epochs": 5000,
}
SEED = 27
SMALLEST, LARGEST = 16, 4096
STRETCH = 4


@dataclass(frozen=True)
class Plan:
    """A map to draw. Use :func:`make_plan` to make one.

    Attributes
    ----------
    x, y : MapAxis
    width, height : int
        Its size in pixels, a run each.
    settings : Settings
        What all runs share; the settings that vary have their values at the ends of the map.
    seed : int or None
        Whose start it is; None if the weights were given.
    start : float64 array (9,)
        The weights that every run starts from, but for what the axes say.
    """

    x: MapAxis
    y: MapAxis
    width: int
    height: int
    settings: Settings
    seed: int | None
    start: npt.NDArray[np.float64]

    @property
    def axes(self) -> tuple[MapAxis, MapAxis]:
        """Both axes."""
        return self.x, self.y

    @property
    def runs(self) -> int:
        """How many pixels the map has."""
        return self.width * self.height

    def as_dict(self) -> dict[str, Any]:
        """Describe the map in values that JSON knows; equal maps have equal descriptions."""
        start = {"weights": self.start.tolist()} if self.seed is None else {"seed": self.seed}
        settings = self.settings.as_dict()
        # The stop rule stays: an axis of thresholds leaves its metric.
        for name in ("seeds", "initial_weights", "weights", *self._varying()):
            settings.pop(name, None)
        if STOP_THRESHOLD in (self.x.name, self.y.name):
            settings["stop"] = self.settings.stop[0].metric
        size = f"{self.width}x{self.height}"
        return {"x": self.x.text, "y": self.y.text, "size": size, **start, **settings}

    def _varying(self) -> list[str]:
        return [axis.setting for axis in self.axes if axis.setting]

    @property
    def fingerprint(self) -> str:
        """A hash that two maps share exactly if they ask for the same runs."""
        return fingerprint_of(self.as_dict())


def make_plan(given: Mapping[str, Any]) -> Plan:
    """Validate the description of a map; what is not given has its default.

    Raises
    ------
    SettingsError
        With a sentence for every problem.

    Examples
    --------
    >>> plan = make_plan({"x": "w1", "y": "w4=linear:-5:5", "learning_rate": 3, "size": "64x32"})
    >>> plan.x.text, plan.runs
    ('w1=linear:-10:10', 2048)
    >>> make_plan({"x": "learning_rte"})
    Traceback (most recent call last):
    xorbench.problems.SettingsError: x: "learning_rte" is not known; did you mean ...
    """
    unknown = [
        "initial_weights: a map has one start; give nine numbers as weights, or a seed."
        if name == "initial_weights"
        else unknown_setting(name, NAMES)
        for name in given
        if name not in NAMES
    ]
    wanted = DEFAULTS | dict(given)
    settings = {name: wanted[name] for name in AXES if name in wanted}
    _, x, y, (width, height), start = all_of(
        lambda: refuse(unknown),
        lambda: read_axis("x", wanted["x"]),
        lambda: read_axis("y", wanted["y"]),
        lambda: read_size(wanted["size"]),
        lambda: read_start(wanted),
    )
    refuse(contradictions(x, y, given) + fitting("x", x, width) + fitting("y", y, height))
    shared = read_shared(settings | start, (x, width), (y, height))
    if shared.initial_weights is not None:
        return Plan(x, y, width, height, shared, None, shared.initial_weights[0])
    drawn = starting_weights([shared.seed(0)], shared.init[0])[0]
    return Plan(x, y, width, height, shared, shared.seed(0), drawn)


def read_axis(option: str, given: object) -> MapAxis:
    """Read the axis given with an option."""
    try:
        if not isinstance(given, str):
            raise ValueError("is not allowed; give NAME, or NAME=log:START:STOP.")
        return parse_axis(given)
    except ValueError as refusal:
        raise SettingsError([f"{option}: {shown(given)} {refusal}"]) from None


def read_size(given: object) -> tuple[int, int]:
    """Read ``N`` or ``WIDTHxHEIGHT``."""
    parts = given.split("x") if isinstance(given, str) else [given]
    numbers = [as_whole(part) for part in parts]
    known = [number for number in numbers if number is not None]
    if len(numbers) > 2 or len(known) < len(numbers) or not are_sides(known[0], known[-1]):
        raise SettingsError(
            [
                f"size: {shown(given)} is not allowed; give pixels as N or WIDTHxHEIGHT, whole"
                f" numbers from {SMALLEST} to {LARGEST:,}, neither more than {STRETCH} times the"
                " other."
            ]
        )
    return known[0], known[-1]


def are_sides(width: int, height: int) -> bool:
    """Tell whether a map may have these sides."""
    return min(width, height) >= max(SMALLEST, max(width, height) / STRETCH) and (
        max(width, height) <= LARGEST
    )


def read_start(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Read where runs start, as the settings that say so."""
    given = wanted.get("weights")
    if given is None:
        return {"seeds": read_whole("seed", wanted.get("seed", SEED), 0, LAST_SEED)}
    refuse(
        [
            f"{name}: cannot be given together with weights, which already say where runs start."
            for name in ("seed", "init")
            if name in wanted
        ]
    )
    values = given.split(",") if isinstance(given, str) else given
    numbers = list(map(as_number, values)) if isinstance(values, list | tuple) else []
    if len(numbers) != 9 or not np.isfinite(numbers).all():
        raise SettingsError(
            [f"weights: {shown(given)} is not allowed; give nine finite numbers, w1 to w9."]
        )
    return {"initial_weights": [numbers]}


def contradictions(x: MapAxis, y: MapAxis, given: Mapping[str, Any]) -> list[str]:
    """Say which parts of a map make no sense together."""
    problems = []
    if x.name == y.name:
        problems.append(f"y: {y.name} is the x axis already; give two different axes.")
    elif x.setting and x.setting == y.setting:
        problems.append(f"y: {y.name} and {x.name} decide each other; give one of them.")
    for option, axis in (("x", x), ("y", y)):
        if axis.replaces in given:
            problems.append(f"{axis.replaces}: is decided by the {option} axis; leave it out.")
    return problems


def fitting(option: str, axis: MapAxis, count: int) -> list[str]:
    """Say what is wrong with the values of an axis."""
    problem = out_of_range(axis, count)
    return [f"{option}: {axis.text}{problem}"] if problem else []


def several(name: str, values: Sequence[object]) -> list[str]:
    """Say what is wrong with several values of a setting that does not vary."""
    if len(values) == 1:
        return []
    return [f"{name}: a map needs one value, not {len(values):,}; what varies are its axes."]


def read_shared(settings: dict[str, Any], *axes: tuple[MapAxis, int]) -> Settings:
    """Validate what all runs share together with the ends of the axes."""
    varying: dict[str, list[Any]] = {}
    for axis, count in axes:
        if axis.setting is None:
            continue
        values = axis.centres(count)
        varying[axis.setting] = [values[0], values[-1]]
        if axis.name == STOP_THRESHOLD:
            rules = AXES["stop"].values("stop", settings.get("stop", "mse < 0.001"))
            refuse(several("stop", rules))
            varying["stop"] = [StopRule(rules[0].metric, value) for value in varying["stop"]]
    shared = make_settings(**({"learning_rate": 0.5} | settings | varying), weights=False)
    refuse(
        [
            problem
            for name in AXES
            if name not in varying
            for problem in several(name, getattr(shared, name))
        ]
    )
    if any(axis.name == OUTPUT_RATE for axis, _ in axes):
        smallest, largest = shared.learning_rate[0], shared.output_rate_ratio[-1]
        if smallest == 0 or math.isinf(largest / smallest):
            raise SettingsError(
                [
                    f"learning_rate: {number_text(smallest)} has no finite ratio to output_rate"
                    f" {number_text(largest)}; give larger numbers."
                ]
            )
    return shared
