"""The outcome of a benchmark: what is stored, and the numbers that follow from it."""

import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, computed_field, model_validator

from xorbench.bench.operations import FLOPS
from xorbench.bench.rates import ALL_THREADS
from xorbench.bench.rivals import Checked, Missing
from xorbench.bench.roofline import ALONE, BOUND, PEAK, Epoch
from xorbench.bench.sweeps import SHORT, SWEEP, Swept
from xorbench.places import reason
from xorbench.problems import SettingsError


@dataclass(frozen=True)
class Sample:
    """A number measured once a round: its median, and the middle half of the rounds."""

    median: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """The width of the middle half, as a share of the median."""
        return (self.high - self.low) / self.median


def sample(values: list[float]) -> Sample:
    """Summarise numbers, one a round.

    Examples
    --------
    >>> sample([1.0, 2.0, 3.0, 4.0, 9.0])
    Sample(median=3.0, low=2.0, high=4.0)
    """
    if len(values) == 1:
        return Sample(values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Sample(median, low, high)


class Stored(BaseModel):
    """What is stored is not changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Timing(Stored):
    """The turns of one contestant; see `rounds.Contestant`."""

    label: str
    work: float
    unit: str
    threads: int
    seconds: Annotated[list[PositiveFloat], Field(min_length=1)]
    processor_seconds: list[float]

    @property
    def rates(self) -> list[float]:
        """Its unit a second, in each round."""
        return [self.work / seconds for seconds in self.seconds]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def per_second(self) -> Sample:
        """Its unit a second."""
        return sample(self.rates)

    @property
    def processors(self) -> float:
        """How many processors it had, of those that it has threads for: about 1, or it waited."""
        shares = [
            busy / (seconds * self.threads)
            for busy, seconds in zip(self.processor_seconds, self.seconds, strict=True)
        ]
        return statistics.median(shares)


class Result(Stored):
    """A whole benchmark."""

    date: str
    machine: dict[str, str | int | None]
    usable_threads: int
    threads: int
    versions: dict[str, str]
    kernel: str
    quick: bool
    rounds: int
    load_average: float | None
    timings: dict[str, Timing]
    sweeps: dict[str, Swept]
    epoch: Epoch
    rivals: list[Checked]
    missing: list[Missing]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Refuse a result that lacks something which a report needs."""
        needed = {"batch", SWEEP, SHORT, *ALONE, *(rival.key for rival in self.rivals)}
        turns = [len(timing.seconds) for timing in self.timings.values()]
        turns += [len(timing.processor_seconds) for timing in self.timings.values()]
        if (
            not self.timings.keys() >= needed
            or not self.sweeps.keys() >= {SWEEP, SHORT}
            or not self.machine.keys() >= {"cpu", "processors", "system"}
            or not self.versions.keys() >= {"xorbench", "numba"}
            or len(set(turns)) != 1
        ):
            raise ValueError("it is not whole")
        return self

    def ratio(self, key: str, other: str, factor: float = 1.0) -> Sample:
        """Divide two rates within each round."""
        pairs = zip(self.timings[key].rates, self.timings[other].rates, strict=True)
        return sample([factor * rate / other_rate for rate, other_rate in pairs])

    def times_faster(self, rival: Checked) -> Sample:
        """Compare the kernel with a rival, on as many threads."""
        on_all = rival.threads == "all" and ALL_THREADS in self.timings
        return self.ratio(ALL_THREADS if on_all else "batch", rival.key)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def faster(self) -> dict[str, Sample]:
        """The kernel's rate over each rival's, on as many threads."""
        return {rival.label: self.times_faster(rival) for rival in self.rivals}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def efficiency(self) -> Sample:
        """The share of the kernel's rate, times threads, that a whole sweep keeps."""
        return self.ratio(SWEEP, "batch", 1 / self.threads)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def flops(self) -> int | None:
        """Floating-point operations of one network's epoch."""
        if self.epoch.operations is None:
            return None
        return sum(FLOPS.get(kind, 0) * n for kind, n in self.epoch.operations.items())

    @computed_field  # type: ignore[prop-decorator]
    @property
    def share_of_peak(self) -> Sample | None:
        """The share of the processor's floating-point peak that the kernel reaches."""
        return self.ratio("batch", PEAK, self.flops / FLOPS[PEAK]) if self.flops else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def share_of_bound(self) -> Sample | None:
        """The share of what its mix of operations allows that the kernel reaches."""
        return self.ratio("batch", BOUND) if BOUND in self.timings else None


def read_result(file: Path) -> Result:
    """Read a stored benchmark.

    Raises
    ------
    SettingsError
    """
    try:
        return Result.model_validate_json(file.read_text("utf-8"))
    except OSError as error:
        problem = f"cannot be read ({reason(error)})"
    except ValueError:
        problem = "is not the result of a benchmark"
    raise SettingsError([f"from: {file} {problem}; give a file that bench --out wrote."])
