"""The command `reproduce`: run the experiments that have claims, and write the ledger."""

import sys
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xorbench.commands import DONE, FAILED, INTERRUPTED, Job, say
from xorbench.commands.options import Flag, Text
from xorbench.problems import all_of

if TYPE_CHECKING:
    from xorbench.claims import reproducing
    from xorbench.runner import Progress
    from xorbench.store import Folder


def reproduce(
    *names: str, quick: Flag = False, out: Path | None = None, threads: Text = None
) -> Job:
    """Run the experiments that have published claims, and write the ledger of what holds.

    The sweeps are stored, and resumed, in results/NAME as sweep does it; the ledger in
    results/ledger.md and ledger.csv. A claim that does not hold is a finding, and no failure: the
    exit code is 1 only where an exact claim, which leaves nothing to chance, does not hold.

    Parameters
    ----------
    names
        Of files in experiments/, without .toml. Default: all that publish claims.
    quick
        A tenth of the seeds, in results/quick: to try, not to quote.
    out
        The folder of the results. Default results, or results/quick.
    threads
        Default: as many as there are processors.
    """
    from xorbench.claims.ledger import read_ledger
    from xorbench.claims.reproducing import make_plans
    from xorbench.threads import read_threads

    root = out or Path("results", "quick" if quick else "")
    plans, number_of_threads, _ = all_of(
        lambda: make_plans(names, quick),
        lambda: read_threads(threads),
        lambda: read_ledger(root),
    )
    return partial(run_reproduce, plans, root, number_of_threads)


def run_reproduce(plans: "list[reproducing.Plan]", root: Path, threads: int) -> int:
    """Run experiments and write the ledger after each."""
    from xorbench.claims import ledger, reproducing
    from xorbench.progress import progress_bar

    def train(folder: "Folder", about: dict[str, Any]) -> None:
        def show(missing: int) -> AbstractContextManager["Progress | None"]:
            say(f"{folder.path}: {folder.settings.rows:,} runs, {missing:,} to train.")
            return progress_bar(missing, shown=sys.stderr.isatty())

        folder.train(about, threads=threads, progress=show)

    failed = []
    # All are opened first: results of other settings are refused before anything is trained.
    opened = [(plan, plan.folders(root)) for plan in plans]
    try:
        for plan, folders in opened:
            entries = reproducing.reproduce(plan, folders, train)
            experiments = reproducing.known_experiments()
            whole = ledger.merged(ledger.read_ledger(root), entries, experiments)
            ledger.write_ledger(root, whole)
            failed += reproducing.failed(entries)
            print(f"{plan.name}: {ledger.count(entries)}")
            for entry in entries:
                print(f"  {entry.name}: {entry.verdict}\n    {entry.measured}")
    except KeyboardInterrupt:
        say(
            "interrupted; what is trained is stored. Give the same command again"
            " to go on from there."
        )
        return INTERRUPTED
    say(f"wrote {root / ledger.PAGE} and {ledger.CSV}.")
    for entry in failed:
        say(f"{entry.experiment}: the exact claim {entry.name} does not hold.")
    return FAILED if failed else DONE
