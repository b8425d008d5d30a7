"""Charts of cells: single runs by seed, and pairs of hidden gates."""

from typing import Any

import altair as alt

from xorbench.figures.data import Sweep
from xorbench.figures.pairs import LEARNABLE
from xorbench.figures.seeds import MOST_SEEDS
from xorbench.figures.style import COLOURS
from xorbench.report import tables
from xorbench.report.charts.parts import (
    HERE,
    SHOWN,
    Spec,
    along,
    data,
    describe,
    dimmed,
    over_epochs,
)


def seeds(sweep: Sweep) -> Spec:
    """Describe the map of single runs, of the first seeds."""
    view = sweep.view
    first = sweep.sample["seed"].unique()[:MOST_SEEDS].tolist()
    took = sweep.sample.loc[sweep.sample["outcome"] == "converged", "epochs"]
    base = (
        alt.Chart(data("runs"))
        .transform_filter(SHOWN)
        .transform_filter(alt.FieldOneOfPredicate("seed", first))
        .encode(
            x=along(view, bands=True),
            y=alt.Y("seed:O", title="seed", axis=alt.Axis(labelOverlap=True, ticks=False)),
            tooltip=[
                alt.Tooltip("row:Q", title="row", format=","),
                alt.Tooltip("seed:Q"),
                alt.Tooltip("text:N", title=view.label),
                alt.Tooltip("ended:N", title="outcome"),
                alt.Tooltip("epochs:Q", format=","),
                alt.Tooltip("pair:N", title="hidden gates"),
            ],
        )
    )
    cells = base.mark_rect(cursor="pointer", aria=False).encode(
        color=alt.condition(
            "datum.outcome === 'converged'",
            alt.Color(
                "epochs:Q",
                title="epochs at convergence",
                scale=over_epochs(took, scheme="cividis", reverse=True),
                legend=alt.Legend(format=",", orient="top", gradientLength=200),
            ),
            alt.value("transparent"),
        ),
        opacity=dimmed(),
    )
    others = (
        base.transform_filter("datum.outcome !== 'converged'")
        .mark_point(size=22, strokeWidth=1.6, cursor="pointer", aria=False)
        .encode(
            shape=alt.Shape(
                "ended:N",
                scale=alt.Scale(
                    domain=[tables.ENDED[name] for name in ("max_epochs", "stalled", "nonfinite")],
                    range=["stroke", "cross", "triangle-up"],
                ),
                legend=alt.Legend(title="not converged", orient="top"),
            ),
            color=alt.value("#A85400"),
            opacity=dimmed(),
        )
    )
    return describe(
        alt.layer(cells, others),
        min(16 * len(first), max(400, 5 * len(first))),
        f"How each run ended, by seed and {view.label}",
    )


def pairs(_: Sweep) -> Spec:
    """Describe the matrix of hidden pairs, of the chosen value or of all."""
    gates = list(LEARNABLE)
    base = (
        alt.Chart(data("pairs"))
        .transform_filter(SHOWN)
        .transform_filter(HERE)
        .transform_aggregate(runs="sum(runs)", groupby=["h1", "h2", "kind"])
        .transform_joinaggregate(all="sum(runs)")
        .transform_calculate(share="datum.all > 0 ? datum.runs / datum.all : 0")
        .encode(
            x=alt.X(
                "h2:N",
                title="gate of hidden unit h2",
                scale=alt.Scale(domain=gates),
                axis=alt.Axis(labelAngle=-45, grid=False, labelOverlap=False),
            ),
            y=alt.Y(
                "h1:N",
                title="gate of hidden unit h1",
                scale=alt.Scale(domain=gates),
                axis=alt.Axis(grid=False),
            ),
        )
    )
    cells = (
        base.transform_filter("datum.runs > 0")
        .mark_rect()
        .encode(
            color=alt.Color(
                "share:Q",
                title="share of the converged",
                legend=alt.Legend(format=".2~%", orient="top", gradientLength=200),
                scale=alt.Scale(
                    type="log", scheme="cividis", reverse=True, domain=[0.001, 1], clamp=True
                ),
            ),
            tooltip=[
                alt.Tooltip("h1:N"),
                alt.Tooltip("h2:N"),
                alt.Tooltip("runs:Q", format=","),
                alt.Tooltip("share:Q", format=".2%"),
            ],
        )
    )
    frame: dict[str, Any] = {"filled": False, "strokeWidth": 2, "aria": False}
    others = base.transform_filter("datum.kind === 'makes XOR'").mark_rect(
        **frame, stroke="gray", strokeDash=[3, 2]
    )
    and_or = base.transform_filter("datum.kind === 'AND with OR'").mark_rect(
        **frame, stroke=COLOURS[1]
    )
    return describe(
        alt.layer(cells, others, and_or),
        420,
        "Pairs of Boolean functions that the hidden units learned",
    )
