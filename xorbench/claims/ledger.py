"""The ledger: a row for each claim, as CSV and as a page for people."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from xorbench.claims.verdicts import DIFFERS, REPRODUCED
from xorbench.places import reason, replacing
from xorbench.problems import SettingsError

CSV = "ledger.csv"
PAGE = "ledger.md"

HEAD = """\
# The ledger

What is said of the 2-2-1 XOR network, and what the sweeps of `experiments/` say of it. Written by
`python -m xorbench reproduce`; intervals: 95 %. A claim that does not hold is as much a result as
one that does. What each experiment shows is told in [docs/ledger.md](../docs/ledger.md).
"""


@dataclass(frozen=True)
class Entry:
    """A row of the ledger."""

    experiment: str
    name: str
    claim: str
    source: str
    kind: str
    published: str
    measured: str
    runs: int
    verdict: str


COLUMNS = tuple(field.name for field in fields(Entry))


def read_ledger(folder: Path) -> list[Entry]:
    """Read the rows of a folder's ledger; there are none if there is no ledger.

    Raises
    ------
    SettingsError
        If the file is not a ledger.
    """
    path = folder / CSV
    try:
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
        if tuple(rows[0]) != COLUMNS:
            raise ValueError
        return [
            Entry(**{**dict(zip(COLUMNS, row, strict=True)), "runs": int(row[7])})  # type: ignore[arg-type]
            for row in rows[1:]
        ]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SettingsError(
            [f"{path} cannot be read ({reason(error)}).".replace("..", ".")]
        ) from None
    except (ValueError, IndexError, csv.Error):
        raise SettingsError([f"{path} is not a ledger; remove it to begin a new one."]) from None


def merged(old: Iterable[Entry], new: Sequence[Entry], experiments: Sequence[str]) -> list[Entry]:
    """Replace the rows of the experiments that are measured anew; leave out those of no file."""
    renewed = {entry.experiment for entry in new}
    kept = [entry for entry in old if entry.experiment not in renewed]
    return sorted(
        (entry for entry in [*kept, *new] if entry.experiment in experiments),
        key=lambda entry: experiments.index(entry.experiment),
    )


def write_ledger(folder: Path, entries: Sequence[Entry]) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(asdict, entries))
    for name, content in ((CSV, text.getvalue()), (PAGE, page(entries))):
        with replacing(folder / name) as temporary:
            temporary.write_text(content, "utf-8")


def count(entries: Iterable[Entry]) -> str:
    """Say how many claims have which verdict."""
    counts = Counter(entry.verdict.partition(":")[0] for entry in entries)
    return ", ".join(
        f"{counts[verdict]} {word}"
        for verdict, word in (
            (REPRODUCED, "reproduced"),
            (DIFFERS.partition(":")[0], "with differences"),
            ("not reproduced", "not reproduced"),
        )
    )


def page(entries: Sequence[Entry]) -> str:
    """Write the ledger in Markdown, a table for each experiment."""
    lines = [HEAD, f"{len(entries)} claims: {count(entries)}."]
    for experiment in dict.fromkeys(entry.experiment for entry in entries):
        lines += table(experiment, [entry for entry in entries if entry.experiment == experiment])
    return "\n".join(lines) + "\n"


def table(experiment: str, entries: Sequence[Entry]) -> list[str]:
    """Write an experiment's claims; a source of all of them is told once."""
    sources = {entry.source for entry in entries}
    common = f"Source: {entries[0].source}.\n" if len(sources) == 1 else None
    lines = [f"\n## {experiment}\n", *([common] if common else [])]
    lines.append("| claim | published | measured | runs | verdict |")
    lines.append("| --- | --- | --- | ---: | --- |")
    for entry in entries:
        about = entry.kind if common else f"{entry.kind}; {entry.source}"
        lines.append(
            row(
                f"{entry.claim} ({about})",
                entry.published,
                entry.measured,
                f"{entry.runs:,}",
                f"**{entry.verdict}**",
            )
        )
    return lines


def row(*cells: str) -> str:
    """Write a row of a table in Markdown."""
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
