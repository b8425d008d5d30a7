"""The performance table of the README, written from a stored benchmark and never typed."""

from pathlib import Path

from xorbench.bench.report import agreement, digits, kernel_timings, threads_text
from xorbench.bench.results import Result, Timing
from xorbench.bench.sweeps import SHORT, SWEEP
from xorbench.bench.trust import is_unstable, troubles
from xorbench.places import reason, replacing
from xorbench.problems import SettingsError

BEGIN = "<!-- performance table: begin -->"
END = "<!-- performance table: end -->"


def markdown(rows: list[tuple[str, ...]]) -> str:
    """Write a table in Markdown; the first row is its heading."""
    heading, *others = rows
    rule = ("---", *("---:" for _ in heading[1:]))
    return "\n".join(f"| {' | '.join(row)} |" for row in (heading, rule, *others))


def millions(timing: Timing) -> str:
    """Write a rate in millions, with a question mark where it varied much."""
    rate = timing.per_second
    return ("? " if is_unstable(rate.spread) else "") + digits(rate.median / 1e6)


def performance_table(result: Result) -> str:
    """Write what a reader of the README should know of a benchmark."""
    rows: list[tuple[str, ...]] = [
        ("", "threads", "million network-epochs/s", "xorbench is", "same epochs as xorbench")
    ]
    ours = [*kernel_timings(result).values(), result.timings[SWEEP]]
    rows += [
        (f"xorbench: {timing.label}", str(timing.threads), millions(timing), "", "")
        for timing in ours
    ]
    rows += [
        (
            f"{rival.label}: {rival.description}",
            rival.threads,
            millions(result.timings[rival.key]),
            f"{digits(result.times_faster(rival).median)} times as fast",
            agreement(rival),
        )
        for rival in result.rivals
    ]
    notes = [
        f"{result.machine['cpu']}, {threads_text(result.threads)}, vectors of "
        f"{result.epoch.vector_bits} bits, numba {result.versions['numba']}, "
        f"{result.date[:10]}; medians of {result.rounds} rounds.",
        f"The sweep keeps {result.efficiency.median:.2f} of the kernel's rate times threads; "
        f"of short runs it does {digits(result.timings[SHORT].per_second.median)} a second.",
    ]
    if result.share_of_peak and result.share_of_bound:
        notes.append(
            f"The kernel reaches {result.share_of_peak.median:.0%} of the processor's peak of "
            f"fused multiply-adds, and {result.share_of_bound.median:.0%} of what its own mix of "
            "operations allows."
        )
    if any(cell.startswith("?") for row in rows for cell in row):
        notes.append("?: varied between the rounds; `--from` shows its middle half.")
    if trouble := troubles(result):
        notes.append(f"**Not to be quoted.** {' '.join(trouble)}")
    return markdown(rows) + "\n\n" + "\n".join(notes)


def parts(readme: Path) -> tuple[str, str]:
    """Split a README into what stands before and behind its table.

    Raises
    ------
    SettingsError
    """
    try:
        text = readme.read_text("utf-8")
    except OSError as error:
        raise SettingsError([f"readme: {readme} cannot be read ({reason(error)})."]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"readme: {readme} cannot be read (it is not text)."]) from None
    before, begin, rest = text.partition(BEGIN)
    _, end, behind = rest.partition(END)
    if not begin or not end:
        raise SettingsError(
            [
                f"readme: {readme} has no place for the table; "
                f'give it the lines "{BEGIN}" and "{END}".'
            ]
        )
    return before, behind


def write_table(readme: Path, result: Result) -> None:
    """Replace the table in a README."""
    before, behind = parts(readme)
    text = f"{before}{BEGIN}\n{performance_table(result)}\n{END}{behind}"
    with replacing(readme) as temporary:
        temporary.write_text(text, "utf-8")
