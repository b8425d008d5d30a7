"""What a map shows, in numbers."""

from dataclasses import asdict
from typing import Any

import numpy as np

from xorbench.axes import AXES
from xorbench.maps.dimension import Dimension, box_dimension
from xorbench.maps.ending import Ending, pair_name, pairs_by_frequency
from xorbench.maps.plan import Plan
from xorbench.notation import number_text
from xorbench.outcome import Outcome
from xorbench.settings import default

TOLD = ("learning_rate", "stop")
"""Settings that a picture tells even where they are the defaults."""

QUANTILES = (0, 10, 50, 90, 100)


def summarise(ending: Ending) -> dict[str, Any]:
    """Count outcomes and hidden pairs, take quantiles of the epochs, measure the boundary.

    The shares of the pairs, and the quantiles, are of the runs that converged.
    """
    runs = ending.outcomes.size
    epochs = ending.epochs[ending.converged]
    counts = {str(outcome): int(ending.having(outcome).sum()) for outcome in Outcome}
    dimension = box_dimension(ending.converged)
    return {
        "runs": runs,
        "outcomes": counts,
        "shares": {outcome: round(count / runs, 6) for outcome, count in counts.items()},
        "epochs": {
            f"{percent} %": int(np.quantile(epochs, percent / 100, method="inverted_cdf"))
            for percent in (QUANTILES if epochs.size else ())
        },
        "hidden_pairs": {
            pair_name(pair): round(count / epochs.size, 6)
            for pair, count in pairs_by_frequency(ending).items()
        },
        "boundary_dimension": None if dimension is None else rounded(dimension),
    }


def rounded(dimension: Dimension) -> dict[str, Any]:
    """Describe a dimension with so many digits as make sense."""
    described = asdict(dimension)
    for name in ("value", "low", "high"):
        described[name] = round(described[name], 4)
    described["slopes"] = [round(slope, 4) for slope in described["slopes"]]
    return described


def dimension_text(summary: dict[str, Any]) -> str:
    """Say what the dimension of the boundary is.

    Examples
    --------
    >>> dimension_text({"boundary_dimension": None})
    'not measured (no boundary, or fewer than 256 pixels)'
    """
    found = summary["boundary_dimension"]
    if found is None:
        return "not measured (no boundary, or fewer than 256 pixels)"
    first, last = found["scales"][0], found["scales"][-1]
    return (
        f"{found['value']:.2f} ({found['low']:.2f} to {found['high']:.2f}; boxes of {first} to"
        f" {last} pixels, local slopes {min(found['slopes']):.2f} to {max(found['slopes']):.2f})"
    )


def report(summary: dict[str, Any]) -> str:
    """Say what a map shows, for a terminal."""
    shares = {
        outcome: f"{100 * summary['shares'][outcome]:.2f} %"
        for outcome, count in summary["outcomes"].items()
        if count
    }
    lines = [
        f"{summary['runs']:,} runs: "
        + ", ".join(f"{outcome} {share}" for outcome, share in shares.items())
    ]
    if summary["epochs"]:
        quantiles = ", ".join(f"{epochs:,} ({at})" for at, epochs in summary["epochs"].items())
        lines.append(f"Epochs of those that converged: {quantiles}")
        pairs = list(summary["hidden_pairs"].items())
        told = [f"{pair} {100 * share:.1f} %" for pair, share in pairs[:4]]
        more = f", {len(pairs) - 4} others" if len(pairs) > 4 else ""
        lines.append(f"Their hidden pairs: {', '.join(told)}{more}")
    lines.append(f"Dimension of the boundary: {dimension_text(summary)}")
    return "\n".join(lines)


def said(value: object) -> str:
    """Write the value of a setting."""
    return number_text(value) if isinstance(value, float) else str(value)


def picture_note(plan: Plan, summary: dict[str, Any], colours: str) -> str:
    """Say below a picture what all its runs share, and what they show."""
    settings = plan.settings
    drawn = f"seed {plan.seed}, {settings.init[0].text}"
    varying = {axis.setting for axis in plan.axes}
    shared = [
        f"{name.replace('_', ' ')} {said(values[0])}"
        for name in AXES
        if name not in varying
        and ((values := getattr(settings, name)) != default(name) or name in TOLD)
        and name not in ("init", "update", "max_epochs")
    ]
    runs = [
        f"{plan.width} x {plan.height} runs from {'given weights' if plan.seed is None else drawn}",
        f"{settings.update[0]} updates",
        *shared,
        f"{100 * summary['shares']['converged']:.1f} % converged"
        + (" (shares of pairs are of these)" if colours == "pairs" else ""),
    ]
    return ", ".join(runs) + "\nDimension of the boundary: " + dimension_text(summary)
