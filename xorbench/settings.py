"""The one validated description of an experiment, and the grid of runs that it stands for.

Every setting but the seeds is an axis of a grid; one combination of their values is a point. A
row of a table is one point with one seed. Rows are numbered with the seeds fastest, then the
learning rates, then the other axes in the order of :class:`Point`, so that a row number and its
settings follow from each other by arithmetic, for grids of any size.
"""

import hashlib
import json
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from xorbench.axes import (
    AXES,
    CONSTANTS,
    SETTING_NAMES,
    read_seeds,
    unknown_setting,
)
from xorbench.experiment import Experiment, read_experiment
from xorbench.notation import Init, StopRule, Targets, number_text
from xorbench.problems import SettingsError, refuse, shown
from xorbench.starting_weights import read_initial_weights

__all__ = [
    "AXES",
    "SETTING_NAMES",
    "Experiment",
    "Init",
    "Point",
    "Settings",
    "SettingsError",
    "StopRule",
    "Targets",
    "differences",
    "make_settings",
    "read_experiment",
]

MOST_ROWS = 10**15
"""The largest grid; its row numbers are exact even as floats."""

LATER_AXES = ("output_rate_ratio", "optimizer", "targets", *CONSTANTS)
"""Axes that came later: where older descriptions and fingerprints lack them, they are defaults."""


@dataclass(frozen=True)
class Point:
    """One point of the grid: everything that decides a run, apart from its seed."""

    learning_rate: float
    output_rate_ratio: float
    update: str
    optimizer: str
    momentum: float
    activation: str
    error: str
    targets: Targets
    init: Init
    stop: StopRule
    measured: str
    max_epochs: int
    precision: str
    rprop_increase: float
    rprop_decrease: float
    rprop_smallest_step: float
    rprop_largest_step: float
    adam_beta1: float
    adam_beta2: float
    adam_epsilon: float
    quickprop_growth: float


def default_seeds(settings: dict[str, Any]) -> range:
    """Take the rows of the given weights for seeds, or the first thousand seeds."""
    initial_weights = settings.get("initial_weights")
    return range(1000) if initial_weights is None else range(len(initial_weights))


class Settings(BaseModel):
    """A validated experiment. Use :func:`make_settings` to make one.

    Examples
    --------
    >>> settings = make_settings(learning_rate="0.1,0.5", update=["batch", "online"])
    >>> settings.rows
    4000
    >>> settings.locate(3005)
    (3, 5)
    >>> point = settings.point(3)
    >>> point.learning_rate, point.update
    (0.5, 'online')
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    # First, because the validators of the seeds and of init have to know.
    initial_weights: NDArray[np.float64] | None = None
    seeds: range | tuple[int, ...] = Field(default_factory=default_seeds)
    learning_rate: tuple[float, ...] = (0.1, 0.5, 2.0)
    output_rate_ratio: tuple[float, ...] = (1.0,)
    update: tuple[str, ...] = ("batch",)
    optimizer: tuple[str, ...] = ("gradient_descent",)
    momentum: tuple[float, ...] = (0.0,)
    activation: tuple[str, ...] = ("sigmoid",)
    error: tuple[str, ...] = ("mse",)
    targets: tuple[Targets, ...] = (Targets(0.0, 1.0),)
    init: tuple[Init, ...] = (Init("uniform", (0.0, 1.0)),)
    stop: tuple[StopRule, ...] = (StopRule("mse", 0.001),)
    measured: tuple[str, ...] = ("after_epoch",)
    max_epochs: tuple[int, ...] = (100_000,)
    precision: tuple[str, ...] = ("double",)
    rprop_increase: tuple[float, ...] = (1.2,)
    rprop_decrease: tuple[float, ...] = (0.5,)
    rprop_smallest_step: tuple[float, ...] = (1e-6,)
    rprop_largest_step: tuple[float, ...] = (50.0,)
    adam_beta1: tuple[float, ...] = (0.9,)
    adam_beta2: tuple[float, ...] = (0.999,)
    adam_epsilon: tuple[float, ...] = (1e-8,)
    quickprop_growth: tuple[float, ...] = (1.75,)
    weights: bool = True

    @field_validator("initial_weights", mode="plain")
    @classmethod
    def _read_initial_weights(cls, given: object) -> NDArray[np.float64] | None:
        return None if given is None else read_initial_weights(given)

    @field_validator("seeds", mode="plain")
    @classmethod
    def _read_seeds(cls, given: object, info: ValidationInfo) -> range | tuple[int, ...]:
        seeds = read_seeds(given)
        refuse_beside_initial_weights(info)
        return seeds

    @field_validator(*AXES, mode="plain")
    @classmethod
    def _read_axis(cls, given: object, info: ValidationInfo) -> tuple[Any, ...]:
        name = str(info.field_name)
        values = AXES[name].values(name, given)
        if name == "init":
            refuse_beside_initial_weights(info)
        return values

    @field_validator("weights", mode="plain")
    @classmethod
    def _read_weights(cls, given: object) -> bool:
        if not isinstance(given, bool | np.bool_):
            raise SettingsError([f"weights: {shown(given)} is not allowed; give true or false."])
        return bool(given)

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> "Settings":
        refuse(contradictions(self))
        return self

    @model_validator(mode="after")
    def _limit_rows(self) -> "Settings":
        if self.rows > MOST_ROWS:
            raise SettingsError(
                [
                    f"The grid has {self.rows:,} rows, more than the {MOST_ROWS:,} allowed;"
                    " give fewer seeds or shorter lists."
                ]
            )
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Settings) and self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def seed_count(self) -> int:
        """How many runs each point of the grid has."""
        return len(self.seeds)

    @property
    def point_count(self) -> int:
        """How many points the grid has."""
        return math.prod(len(getattr(self, name)) for name in AXES)

    @property
    def rows(self) -> int:
        """How many runs the settings ask for."""
        return self.seed_count * self.point_count

    def locate(self, row: SupportsIndex) -> tuple[int, int]:
        """Find the point and the seed of a row, both by index."""
        return divmod(checked_index(row, self.rows, "row"), self.seed_count)

    def point(self, index: SupportsIndex) -> Point:
        """Make the point of the grid with this index; the learning rate is the fastest axis."""
        rest = checked_index(index, self.point_count, "point")
        values = {}
        for name in AXES:
            axis = getattr(self, name)
            rest, position = divmod(rest, len(axis))
            values[name] = axis[position]
        return Point(**values)

    def seed(self, index: SupportsIndex) -> int:
        """Tell the seed with this index, or the row of the given weights."""
        return self.seeds[checked_index(index, self.seed_count, "seed")]

    def seed_values(self, start: int, stop: int) -> NDArray[np.int64]:
        """Tell the seeds with the indices from ``start`` up to, but not including, ``stop``."""
        if not 0 <= start <= stop <= self.seed_count:
            raise IndexError(f"there are no seeds {start} to {stop} of {self.seed_count}")
        part = self.seeds[start:stop]
        if isinstance(part, range):
            return np.arange(part.start, part.stop, dtype=np.int64)
        return np.array(part, dtype=np.int64)

    @property
    def axes(self) -> dict[str, tuple[float | str, ...]]:
        """The axes that are columns of tables, and their values as the columns show them.

        These are the learning rate and everything else that has more than one value.

        Examples
        --------
        >>> make_settings(init="uniform:0,1,normal:1", learning_rate=1).axes
        {'learning_rate': (1.0,), 'init': ('uniform:0,1', 'normal:1')}
        """
        return {
            name: tuple(map(plain, values))
            for name in AXES
            if len(values := getattr(self, name)) > 1 or name == "learning_rate"
        }

    def as_dict(self) -> dict[str, Any]:
        """Describe the settings in values that JSON knows, in one way only.

        The constants of an optimizer are left out where it is not used.

        ``make_settings(**settings.as_dict())`` makes equal settings, unless starting weights were
        given: of these only a hash is kept.

        Examples
        --------
        >>> description = make_settings(seeds=range(1000)).as_dict()
        >>> description["seeds"], description["learning_rate"], description["stop"]
        ('0:1000', [0.1, 0.5, 2.0], 'mse < 0.001')
        """
        description: dict[str, Any] = {"seeds": self._seeds_as_json()}
        for name in AXES:
            if CONSTANTS.get(name, self.optimizer[0]) not in self.optimizer:
                continue
            values = [plain(value) for value in getattr(self, name)]
            description[name] = values if len(values) > 1 else values[0]
        if self.initial_weights is not None:
            # The seeds number the rows then, and no distribution is drawn from.
            del description["seeds"], description["init"]
            content = self.initial_weights.astype("<f8", copy=False).tobytes()
            description["initial_weights"] = {
                "sha256": hashlib.sha256(content).hexdigest(),
                "rows": self.seed_count,
            }
        return description | {"weights": self.weights}

    def _seeds_as_json(self) -> str | int | list[int]:
        if len(self.seeds) == 1:
            return self.seeds[0]
        if isinstance(self.seeds, range):
            return f"{self.seeds.start:d}:{self.seeds.stop:d}"
        return list(self.seeds)

    @property
    def fingerprint(self) -> str:
        """A hash that two settings share exactly if they ask for the same rows.

        Examples
        --------
        >>> listed = make_settings(learning_rate=[0.1, 1, 10])
        >>> listed.fingerprint == make_settings(learning_rate="log:0.1:10:3").fingerprint
        True
        """
        description = self.as_dict()
        del description["weights"]  # decides what is kept of the runs, not what they are
        for name in LATER_AXES:
            if getattr(self, name) == default(name):
                description.pop(name, None)
        return fingerprint_of(description)


def fingerprint_of(description: Mapping[str, Any]) -> str:
    """Hash a description, whatever the order of its names."""
    text = json.dumps(description, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> float | str:
    """Write inits, targets and stop rules as texts; leave numbers and words as they are."""
    return value.text if isinstance(value, Init | StopRule | Targets) else value


def default(name: str) -> tuple[Any, ...]:
    """Tell the default of an axis."""
    values: tuple[Any, ...] = Settings.model_fields[name].default
    return values


def contradictions(settings: Settings) -> list[str]:
    """Say which settings make no sense together; a grid has every combination of its values."""
    problems = []
    moving = [number_text(momentum) for momentum in settings.momentum if momentum > 0]
    for optimizer in settings.optimizer:
        if optimizer in ("rprop", "quickprop"):
            problems += [
                f"update: {update} cannot be combined with optimizer {optimizer}, which compares"
                " the gradients of whole epochs; give batch, or leave out one of the two."
                for update in settings.update
                if update != "batch"
            ]
        if optimizer in ("rprop", "adam", "quickprop") and moving:
            problems.append(
                f"momentum: {moving[0]} cannot be combined with optimizer {optimizer}, which has"
                " none; give 0, or leave out one of the two."
            )
        if optimizer == "nesterov" and len(moving) < len(settings.momentum):
            problems.append(
                "momentum: 0 cannot be combined with optimizer nesterov, which would be"
                " gradient_descent; give numbers above 0, such as 0.9."
            )
    problems += [
        f"{name}: has no effect without optimizer {optimizer}; leave it out, or add {optimizer}"
        " to optimizer."
        for name, optimizer in CONSTANTS.items()
        if optimizer not in settings.optimizer and getattr(settings, name) != default(name)
    ]
    measured = [rule for rule in settings.stop if rule.metric == "cross_entropy"]
    problems += [
        f"stop: {measured[0].text} cannot be combined with targets {targets.text}, with which"
        " cross_entropy has no 0 to reach; give another rule, or targets 0,1."
        for targets in settings.targets
        if measured and targets != Targets(0.0, 1.0)
    ]
    smallest, largest = max(settings.rprop_smallest_step), min(settings.rprop_largest_step)
    if smallest > largest:
        problems.append(
            f"rprop_smallest_step: {number_text(smallest)} cannot be combined with"
            f" rprop_largest_step {number_text(largest)}; give one that is not above it."
        )
    return problems


def checked_index(index: SupportsIndex, count: int, what: str) -> int:
    """Refuse an index outside 0 .. count - 1; make a Python int of NumPy's, which may overflow."""
    number = operator.index(index)
    if not 0 <= number < count:
        raise IndexError(f"there is no {what} {number}; there are {count}, numbered from 0")
    return number


def refuse_beside_initial_weights(info: ValidationInfo) -> None:
    """Refuse a setting that would have no effect beside starting weights."""
    # Weights that were refused themselves are missing here, but were given.
    if info.data.get("initial_weights", "refused") is not None:
        raise SettingsError(
            [
                f"{info.field_name}: cannot be given together with initial_weights,"
                " which already say where every run starts; leave one of them out."
            ]
        )


def make_settings(**given: object) -> Settings:
    """Validate settings; what is None or not given has its default.

    Raises
    ------
    SettingsError
        With a sentence for every problem.

    Examples
    --------
    >>> make_settings(learning_rate="0.1, 0.5", max_epochs="1e5").learning_rate
    (0.1, 0.5)
    >>> make_settings(learning_rte=0.1)
    Traceback (most recent call last):
    xorbench.problems.SettingsError: learning_rte is not a setting; did you mean learning_rate?
    """
    try:
        return Settings.model_validate({k: v for k, v in given.items() if v is not None})
    except ValidationError as refusal:
        problems = [problem for error in refusal.errors() for problem in sentences(error)]
    raise SettingsError(problems)


def sentences(error: Mapping[str, Any]) -> list[str]:
    """Say what one of pydantic's errors means to the user."""
    match error["type"]:
        case "extra_forbidden":
            return [unknown_setting(error["loc"][0], SETTING_NAMES)]
        case "default_factory_not_called":
            return []  # only says that the seeds depend on weights, which were refused
        case _:
            problems: list[str] = error["ctx"]["error"].problems
            return problems


def difference_lines(there: Mapping[str, Any], here: Mapping[str, Any]) -> list[str]:
    """Say in which settings what is stored differs from what is asked for, with both values."""
    return [
        f"  {name}: {shown(there.get(name, 'the default'))} there,"
        f" {shown(here.get(name, 'the default'))} here"
        for name in differences(there, here)
    ]


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Name the settings in which two descriptions by :meth:`Settings.as_dict` differ.

    Examples
    --------
    >>> differences(make_settings().as_dict(), make_settings(momentum=0.9).as_dict())
    ['momentum']
    """
    later = {name: plain(*default(name)) for name in LATER_AXES}
    one, other = later | dict(first), later | dict(second)
    return [name for name in {**first, **second} if one.get(name) != other.get(name)]
