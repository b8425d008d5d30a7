"""A benchmark as text, and as a record for JSON."""

from collections.abc import Iterable
from typing import Any

from xorbench.bench.operations import COMPARISON, DIVISION, FLOPS, FUSED, LOGIC, PRODUCT, SUM
from xorbench.bench.results import Result, Sample, Timing
from xorbench.bench.rivals import Checked
from xorbench.bench.roofline import ALONE, BOUND, NETWORK_EPOCHS, PEAK
from xorbench.bench.sweeps import MIXED, SHORT, SHORT_RUNS, SWEEP
from xorbench.bench.trust import is_unstable, warnings
from xorbench.plaintext import paragraph, table

PLURALS = {
    FUSED: "fused multiply-adds",
    PRODUCT: "products",
    SUM: "sums",
    DIVISION: "divisions",
    COMPARISON: "comparisons",
    LOGIC: "operations on whole numbers and bits",
}

NOT_COUNTED = (
    "The operations of an epoch could not be counted in what the compiler made of it here, so the "
    "kernel's shares of the peak and of its bound are not available."
)


def digits(value: float) -> str:
    """Write a number with three digits, or all before the point.

    Examples
    --------
    >>> digits(0.04567), digits(8.123), digits(88.26), digits(174.4), digits(231456.0)
    ('0.0457', '8.12', '88.3', '174', '231,456')
    """
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:#.3g}" if value >= 0.001 else f"{value:.1e}"


def between(numbers: Sample, scale: float = 1.0) -> str:
    """Write the middle half of the rounds, with a question mark where it is wide."""
    mark = "? " if is_unstable(numbers.spread) else ""
    return f"{mark}{digits(numbers.low / scale)} to {digits(numbers.high / scale)}"


def threads_text(threads: int) -> str:
    """Write a number of threads.

    Examples
    --------
    >>> threads_text(1), threads_text(2)
    ('1 thread', '2 threads')
    """
    return f"{threads} thread{'s' if threads > 1 else ''}"


def left(heading: str, cells: Iterable[str]) -> tuple[str, list[str]]:
    """Align a column on the left."""
    texts = list(cells)
    width = max(map(len, (heading, *texts)))
    return heading.ljust(width), [text.ljust(width) for text in texts]


def kernel_timings(result: Result) -> dict[str, Timing]:
    """Take the contestants that are the kernel alone."""
    others = {SWEEP, SHORT, BOUND, *(rival.key for rival in result.rivals)}
    return {
        key: timing
        for key, timing in result.timings.items()
        if timing.unit == NETWORK_EPOCHS and key not in others
    }


def environment(result: Result) -> str:
    """Say what was measured, where and with what."""
    elsewhere = ("xorbench", "pandas")
    software = ", ".join(
        f"{name} {version}" for name, version in result.versions.items() if name not in elsewhere
    )
    return (
        f"xorbench {result.versions['xorbench']}, kernel {result.kernel[:8]}, {result.date}\n"
        f"{result.machine['cpu']}, {result.machine['system']}, {result.machine['processors']} "
        f"processors, {result.usable_threads} of them usable, vectors of "
        f"{result.epoch.vector_bits} bits\n{software}\n"
        f"{result.rounds} rounds{' (--quick)' if result.quick else ''}; medians, and the middle "
        "half of the rounds (?: unstable)"
    )


def kernel_section(result: Result) -> str:
    """Tell the kernel's rates."""
    timings = kernel_timings(result)
    labels = left("The kernel alone", (timing.label for timing in timings.values()))
    columns = {
        labels[0]: labels[1],
        "threads": [str(timing.threads) for timing in timings.values()],
        "M network-epochs/s": [
            digits(timing.per_second.median / 1e6) for timing in timings.values()
        ],
        "middle half": [between(timing.per_second, 1e6) for timing in timings.values()],
        "of batch": [f"{result.ratio(key, 'batch').median:.2f}" for key in timings],
    }
    return table(columns)


def sweep_section(result: Result) -> str:
    """Tell what whole sweeps keep of the kernel's rate."""
    swept, short = result.sweeps[SWEEP], result.sweeps[SHORT]
    rate = result.timings[SWEEP].per_second
    runs = result.timings[SHORT].per_second
    kept = result.efficiency
    tail = ""
    if result.threads > 1:
        tail = f" For the last {swept.tail:.1%} of its time a thread had nothing left to do."
    return (
        f"Whole sweeps, {threads_text(result.threads)}, seeds and table included\n\n"
        + paragraph(
            f"{swept.runs:,} runs of learning rates {MIXED['learning_rate']}, "
            f"{swept.censored:.0%} of them censored at {MIXED['max_epochs']:,} epochs: "
            f"{digits(rate.median / 1e6)} million useful network-epochs a second "
            f"({between(rate, 1e6)}), {kept.median:.3f} of the kernel's rate on one "
            f"thread times {result.threads} ({between(kept)}).{tail}"
        )
        + "\n\n"
        + paragraph(
            f"{short.runs:,} short runs (learning rate {SHORT_RUNS['learning_rate']}, at most "
            f"{SHORT_RUNS['max_epochs']:,} epochs): {digits(runs.median)} runs a second "
            f"({between(runs)})."
        )
    )


def roofline_section(result: Result) -> str:
    """Tell how near the kernel comes to the limits of the processor."""
    alone = {key: result.timings[key] for key in ALONE}
    labels = left("Roofline, one thread", (timing.label for timing in alone.values()))
    measured = table(
        {
            labels[0]: labels[1],
            "billion/s": [digits(timing.per_second.median / 1e9) for timing in alone.values()],
            "middle half": [between(timing.per_second, 1e9) for timing in alone.values()],
        }
    )
    peak = FLOPS[FUSED] * result.timings[PEAK].per_second.median / 1e9
    text = f"The peak is {digits(peak)} GFLOP/s: fused multiply-adds, two operations each. "
    counts, flops = result.epoch.operations, result.flops
    of_peak, of_bound = result.share_of_peak, result.share_of_bound
    if counts is None or flops is None or of_peak is None or of_bound is None:
        return f"{measured}\n\n{paragraph(text + NOT_COUNTED)}"
    operations = [f"{counts[kind]} {name}" for kind, name in PLURALS.items() if kind in counts]
    bound = result.timings[BOUND].per_second
    text += (
        f"One batch epoch of one network is {flops} floating-point operations: "
        f"{', '.join(operations)}. So the kernel does "
        f"{digits(flops * result.timings['batch'].per_second.median / 1e9)} GFLOP/s, "
        f"{of_peak.median:.0%} of the peak. The same operations, independent of each other, would "
        f"be done for {digits(bound.median / 1e6)} million network-epochs a second "
        f"({between(bound, 1e6)}): the kernel reaches {of_bound.median:.0%} of that; the "
        "rest is waiting for results, loads and stores."
    )
    return f"{measured}\n\n{paragraph(text)}"


def agreement(rival: Checked) -> str:
    """Say for how many networks a rival gave the kernel's epochs at convergence."""
    return f"{rival.equal:,} of {rival.compared:,}"


def rivals_section(result: Result) -> str:
    """Tell how much faster the kernel is than other ways."""
    blocks = []
    if result.rivals:
        timings = [result.timings[rival.key] for rival in result.rivals]
        faster = [result.times_faster(rival) for rival in result.rivals]
        labels = left("Other ways, batch", (rival.label for rival in result.rivals))
        columns = {
            labels[0]: labels[1],
            "threads": [rival.threads for rival in result.rivals],
            "M network-epochs/s": [digits(timing.per_second.median / 1e6) for timing in timings],
            "middle half": [between(timing.per_second, 1e6) for timing in timings],
            "xorbench is": [f"{digits(ratio.median)} x" for ratio in faster],
            "same epochs": [agreement(rival) for rival in result.rivals],
        }
        blocks.append(table(columns))
        blocks.append(
            paragraph(
                "xorbench is: the kernel's rate on as many threads, one or all, over theirs, in "
                "the same round. Same epochs: networks that converge after as many epochs."
            )
        )
    if result.missing:
        lines = [f"  {missing.label}: {missing.reason}" for missing in result.missing]
        blocks.append("\n".join(["Not here", *lines]))
    return "\n\n".join(blocks)


def report(result: Result) -> str:
    """Write a whole benchmark."""
    sections = [
        environment(result),
        kernel_section(result),
        sweep_section(result),
        roofline_section(result),
        rivals_section(result),
        *(paragraph(f"Warning: {warning}") for warning in warnings(result)),
    ]
    return "\n\n".join(section for section in sections if section)


def record(result: Result) -> dict[str, Any]:
    """Give all there is to say of a benchmark, for JSON."""
    return {**result.model_dump(mode="json"), "warnings": warnings(result)}
