"""Run experiments that publish claims, and judge these."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xorbench.claims.estimates import Estimate, Measured
from xorbench.claims.ledger import Entry
from xorbench.claims.measurements import MEASUREMENTS
from xorbench.claims.reading import Claim, read_claim
from xorbench.claims.verdicts import REPRODUCED, Exact
from xorbench.experiment import MAIN, Experiment, examine
from xorbench.locations import Location, name_of
from xorbench.problems import SettingsError, refuse, shown, unknown_word
from xorbench.reading import read
from xorbench.settings import Settings, make_settings
from xorbench.store import Folder

EXPERIMENTS = Path("experiments")

QUICK = 10
"""A quick look takes one seed of so many."""


@dataclass(frozen=True)
class Plan:
    """An experiment with everything validated: its claims, and its sweeps by name."""

    name: str
    experiment: Experiment
    claims: list[Claim]
    sweeps: dict[str, Settings]

    def folders(self, root: Path) -> dict[str, Folder]:
        """Open the folder of each sweep.

        Raises
        ------
        SettingsError
            If one cannot be written or holds other things.
        OtherSettingsError
        """
        names = {
            sweep: self.name if sweep == MAIN else f"{self.name}-{sweep}" for sweep in self.sweeps
        }
        return {sweep: Folder(root / names[sweep], self.sweeps[sweep]) for sweep in names}

    def about(self, location: Location) -> dict[str, Any]:
        """Say what a manifest begins with."""
        words = {key: getattr(self.experiment, key) for key in ("title", "question", "reference")}
        return {"name": name_of(location), **words}


def known_experiments() -> list[str]:
    """List the experiment files, in the order of the ledger.

    Raises
    ------
    SettingsError
        If there are none here.
    """
    names = sorted(path.stem for path in EXPERIMENTS.glob("*.toml"))
    if not names:
        raise SettingsError(
            [
                f"There is no folder {EXPERIMENTS} with experiment files here;"
                " go to a clone of xorbench."
            ]
        )
    return names


def make_plans(names: Sequence[str], quick: bool) -> list[Plan]:
    """Read and validate experiments: those named, or all that publish claims.

    Raises
    ------
    SettingsError
        With a sentence for every problem.
    """
    known = known_experiments()
    problems = [
        f"experiment: {shown(name)} {unknown_word(name, known)}"
        for name in names
        if name not in known
    ]
    plans = []
    for name in known:
        if names and name not in names:
            continue
        plan, of_plan = make_plan(name, quick)
        problems += of_plan
        if plan.claims:
            plans.append(plan)
        elif name in names and not of_plan:
            problems.append(f"{path_of(name)}: has no claims; add a table [published.NAME].")
    refuse(problems)
    return plans


def path_of(name: str) -> Path:
    """Name an experiment's file."""
    return EXPERIMENTS / f"{name}.toml"


def make_plan(name: str, quick: bool) -> tuple[Plan, list[str]]:
    """Read and validate an experiment, and say what is wrong with it."""
    path = path_of(name)
    experiment, problems = examine(path)
    claims = []
    for key, given in experiment.published.items():
        claim, of_claim = read_claim(key, given, experiment.reference, MEASUREMENTS)
        problems += [f"{path}: {problem}" for problem in of_claim]
        if claim is not None:
            claims.append(claim)
    sweeps = {}
    for sweep, given in ({MAIN: experiment.settings} | experiment.sweeps).items():
        try:
            settings = make_settings(**given)
        except SettingsError as refusal:
            problems += [f"{path}: {problem}" for problem in refusal.problems]
        else:
            sweeps[sweep] = fewer(settings) if quick else settings
    return Plan(name, experiment, claims, sweeps), problems


def fewer(settings: Settings) -> Settings:
    """Keep the first tenth of the seeds, or of the given weights."""
    kept = -(-settings.seed_count // QUICK)
    given = settings.initial_weights
    first = {
        "seeds": settings.seeds[:kept],
        "initial_weights": None if given is None else given[:kept],
    }
    return settings.model_copy(update=first)


def reproduce(
    plan: Plan, folders: Mapping[str, Folder], train: Callable[[Folder, dict[str, Any]], object]
) -> list[Entry]:
    """Run an experiment's sweeps and judge its claims.

    Parameters
    ----------
    plan : Plan
    folders : mapping
        Where its sweeps are stored.
    train : callable
        Trains what is missing in the folder of a sweep, given what its manifest begins with.
    """
    tables = {}
    for sweep, folder in folders.items():
        train(folder, plan.about(folder.path))
        tables[sweep] = read(folder.path)
    return [
        judge(plan.name, claim, MEASUREMENTS[claim.measurement](tables)) for claim in plan.claims
    ]


def judge(experiment: str, claim: Claim, measured: Measured) -> Entry:
    """Compare what was measured with a claim.

    Raises
    ------
    SettingsError
        If the measurement is not for such a claim.
    """
    values, rule = list(measured.results), claim.rule
    estimates = [value for value in values if isinstance(value, Estimate)]
    if isinstance(rule, Exact):
        facts = [value for value in values if not isinstance(value, Estimate)]
        fits = not estimates and len(facts) == len(rule.printed)
    else:
        fits = len(estimates) == len(values) > 0
    if not fits:
        raise SettingsError(
            [
                f"{path_of(experiment)}: published.{claim.name}: {claim.measurement} gives"
                f" {len(values)} {'estimates' if estimates else 'exact values'}, which do not"
                " fit what is published; give another kind or other values."
            ]
        )
    verdict = rule.verdict(facts) if isinstance(rule, Exact) else rule.verdict(estimates)
    return Entry(
        experiment=experiment,
        name=claim.name,
        claim=claim.claim,
        source=claim.source,
        kind=claim.kind,
        published=rule.published(estimates[0].unit if estimates else ""),
        measured=(
            ", ".join(rule.as_printed(facts))
            if isinstance(rule, Exact)
            else "; ".join(map(str, estimates))
        ),
        runs=measured.runs,
        verdict=verdict,
    )


def failed(entries: Sequence[Entry]) -> list[Entry]:
    """Choose the exact claims that do not hold: there is no chance in them."""
    return [entry for entry in entries if entry.kind == "exact" and entry.verdict != REPRODUCED]
