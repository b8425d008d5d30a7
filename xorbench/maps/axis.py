"""The axis of a map: a continuous setting or a starting weight, over a range."""

from dataclasses import dataclass

from xorbench.axes import AXES
from xorbench.notation import as_number, number_text, spaced
from xorbench.problems import unknown_word

START_SCALE = "start_scale"
OUTPUT_RATE = "output_rate"
STOP_THRESHOLD = "stop_threshold"
WEIGHTS = {
    "w1": "bias of h1",
    "w2": "x1 to h1",
    "w3": "x2 to h1",
    "w4": "bias of h2",
    "w5": "x1 to h2",
    "w6": "x2 to h2",
    "w7": "bias of the output",
    "w8": "h1 to the output",
    "w9": "h2 to the output",
}

RANGES = {
    "learning_rate": "log:0.3:100",
    OUTPUT_RATE: "log:0.3:300",
    "output_rate_ratio": "log:0.01:100",
    "momentum": "linear:0:1",
    START_SCALE: "linear:0:3",
    STOP_THRESHOLD: "log:0.0001:0.1",
    "rprop_increase": "linear:1:2",
    "rprop_decrease": "linear:0:1",
    "rprop_smallest_step": "log:0.000001:1",
    "rprop_largest_step": "log:0.1:100",
    "adam_beta1": "linear:0:1",
    "adam_beta2": "linear:0:1",
    "adam_epsilon": "log:0.00000001:1",
    "quickprop_growth": "linear:1:3",
    **dict.fromkeys(WEIGHTS, "linear:-10:10"),
}
"""What may be an axis, and the range of each where none is given."""

LARGEST = 1e100
"""So far may axes go: beyond, products and ratios of numbers overflow."""

SETTING_OF = {OUTPUT_RATE: "output_rate_ratio", STOP_THRESHOLD: "stop"}
"""The settings behind those axes that have other names."""


@dataclass(frozen=True)
class MapAxis:
    """An axis of a map.

    Attributes
    ----------
    name : str
    start, stop : float
        The edges of the map.
    logarithmic : bool

    Examples
    --------
    >>> axis = parse_axis("learning_rate=log:0.1:10")
    >>> axis.centres(2)
    (0.31622776601683794, 3.1622776601683795)
    >>> axis.text
    'learning_rate=log:0.1:10'
    """

    name: str
    start: float
    stop: float
    logarithmic: bool

    @property
    def setting(self) -> str | None:
        """The setting that varies along the axis; None where it is the start."""
        return None if self.of_start else SETTING_OF.get(self.name, self.name)

    @property
    def of_start(self) -> bool:
        """Whether the starting weights vary along this axis."""
        return self.name == START_SCALE or self.name in WEIGHTS

    @property
    def replaces(self) -> str | None:
        """The setting that cannot be given beside this axis; None if there is none."""
        # Beside an axis of thresholds, the stop rule says of which metric.
        return None if self.name == STOP_THRESHOLD else self.setting

    @property
    def words(self) -> str:
        """The axis in words."""
        if self.name in WEIGHTS:
            return f"{self.name} ({WEIGHTS[self.name]})"
        return self.name.replace("_", " ")

    @property
    def text(self) -> str:
        """The one way of writing this axis that files use."""
        spacing = "log" if self.logarithmic else "linear"
        return f"{self.name}={spacing}:{number_text(self.start)}:{number_text(self.stop)}"

    def centres(self, count: int) -> tuple[float, ...]:
        """Give the values at the centres of so many pixels."""
        edges_and_centres = spaced(
            self.start, self.stop, 2 * count + 1, logarithmic=self.logarithmic
        )
        return edges_and_centres[1::2]


def parse_axis(text: str) -> MapAxis:
    """Read ``NAME``, ``NAME=log:START:STOP`` or ``NAME=linear:START:STOP``.

    Raises
    ------
    ValueError
        With the end of a sentence.
    """
    name, equals, given = (part.strip() for part in text.partition("="))
    if name not in RANGES:
        raise ValueError(unknown_word(name, tuple(RANGES)))
    kind, *ends = (part.strip() for part in (given if equals else RANGES[name]).split(":"))
    numbers = [as_number(end) for end in ends]
    lowest = 1 / LARGEST if kind == "log" else -LARGEST
    if (
        kind not in ("log", "linear")
        or len(numbers) != 2
        or not lowest <= numbers[0] < numbers[1] <= LARGEST
    ):
        raise ValueError(
            f"is not allowed; give {name}=linear:START:STOP with START below STOP, from -1e100 to"
            f" 1e100, or {name}=log:START:STOP, from 1e-100 to 1e100."
        )
    return MapAxis(name, numbers[0], numbers[1], kind == "log")


def out_of_range(axis: MapAxis, count: int) -> str | None:
    """Say what is wrong with the values of an axis of so many pixels; None if nothing is."""
    values = axis.centres(count)
    if len(set(values)) < count:
        return (
            f" is too narrow for {count:,} pixels: numbers of double precision do not lie so"
            " close together; give a wider range or a smaller size."
        )
    # What a setting allows is an interval, so that the ends tell.
    for value in (values[0], values[-1]):
        try:
            if axis.name == STOP_THRESHOLD and not value > 0:
                raise ValueError("is not allowed; give numbers above 0.")
            if axis.name == START_SCALE and value < 0:
                raise ValueError("is not allowed; give numbers of 0 or more.")
            if axis.setting not in (None, "stop"):
                AXES[axis.setting].read(value)
        except ValueError as refusal:
            return f" has a pixel at {number_text(value)}, which {refusal}"
    return None
