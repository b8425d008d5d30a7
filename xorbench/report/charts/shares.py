"""Charts of shares: of runs that converged, of the ways they ended, of hidden pairs."""

from typing import Any

import altair as alt

from xorbench.figures.data import Sweep
from xorbench.figures.mix import OTHERS, shares
from xorbench.figures.style import COLOURS, OUTCOMES
from xorbench.figures.view import View
from xorbench.report.charts.parts import SHOWN, Spec, along, data, describe, dimmed

SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "triangle-down",
    "cross",
    "triangle-left",
    "triangle-right",
)


def converged(sweep: Sweep) -> Spec:
    """Describe the share that converged."""
    view = sweep.view
    several = len(view.series) > 1
    names = list(view.names)
    key = alt.Legend(title=None, orient="top", columns=1, labelLimit=500) if several else None
    colour = alt.Color(
        "series:N",
        sort=names,
        scale=alt.Scale(domain=names, range=list(COLOURS[: len(names)])),
        legend=key,
    )
    base = alt.Chart(data("points")).encode(x=along(view))
    share = alt.Y(
        "share:Q",
        title="runs converged (%)",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", labelExpr="100 * datum.value"),
    )
    band = base.mark_area(opacity=0.2).encode(
        fill=alt.Fill("serie:O", scale=alt.Scale(range=list(COLOURS[: len(names)])), legend=None),
        y=alt.Y("low:Q", title="runs converged (%)"),
        y2="high:Q",
    )
    line = base.mark_line().encode(
        y=share, color=colour, strokeDash=alt.StrokeDash("serie:O", legend=None)
    )
    whiskers = base.mark_rule().encode(y="low:Q", y2="high:Q", color=colour, opacity=dimmed())
    marks = base.mark_point(filled=True, size=70).encode(
        y=share,
        color=colour,
        shape=alt.Shape(
            "series:N",
            sort=names,
            scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])),
            legend=key,
        ),
        opacity=dimmed(),
        tooltip=[
            alt.Tooltip("text:N", title=view.label),
            *([alt.Tooltip("series:N", title="series")] if several else []),
            alt.Tooltip("share:Q", title="converged", format=".1%"),
            alt.Tooltip("low:Q", title="95 % interval from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
            alt.Tooltip("runs:Q", title="runs", format=","),
        ],
    )
    layers = [whiskers, marks] if view.scale == "words" else [band, line, whiskers, marks]
    return describe(alt.layer(*layers), 260, f"Share of runs that converged, by {view.label}")


def stacked(view: View, table: str, title: str, **axis: Any) -> alt.Chart:
    """Begin a chart of bars whose parts, by their `rank`, add up to one."""
    chart: alt.Chart = (
        alt.Chart(data(table))
        .transform_filter(SHOWN)
        .mark_bar(stroke="gray", strokeWidth=0.5)
        .encode(
            x=along(view, bands=True),
            y=alt.Y(
                "share:Q",
                title=title,
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(labelExpr="100 * datum.value", **axis),
            ),
            order="rank:Q",
            opacity=dimmed(),
        )
    )
    return chart


def endings(sweep: Sweep) -> Spec:
    """Describe how the runs ended, the censored ones as a band of their own."""
    view = sweep.view
    occurring = [name for name in OUTCOMES if sweep.points[name].any()]
    names = [OUTCOMES[name][2] for name in occurring]
    hues = {"converged": "#7fb7d8"}
    chart = stacked(view, "endings", "runs (%)", tickCount=3).encode(
        color=alt.Color(
            "ending:N",
            scale=alt.Scale(
                domain=names, range=[hues.get(name, OUTCOMES[name][0]) for name in occurring]
            ),
            legend=alt.Legend(title=None, orient="top", columns=2, labelLimit=300),
        ),
        tooltip=[
            alt.Tooltip("text:N", title=view.label),
            alt.Tooltip("ending:N", title="ended"),
            alt.Tooltip("share:Q", title="share", format=".1%"),
            alt.Tooltip("runs:Q", title="runs", format=","),
        ],
    )
    return describe(chart, 110, f"How runs ended, by {view.label}")


def mix(sweep: Sweep) -> Spec:
    """Describe how the mix of pairs shifts."""
    view = sweep.view
    pairs = shares(sweep)["pair"].unique().tolist()
    chart = stacked(view, "mix", "share of the converged (%)").encode(
        color=alt.Color(
            "pair:N",
            sort=pairs,
            scale=alt.Scale(
                domain=pairs,
                range=[
                    "#bbbbbb" if pair == OTHERS else colour
                    for pair, colour in zip(pairs, COLOURS, strict=False)
                ],
            ),
            legend=alt.Legend(title="hidden units", orient="top", columns=1, labelLimit=400),
        ),
        tooltip=[
            alt.Tooltip("text:N", title=view.label),
            alt.Tooltip("pair:N", title="hidden units"),
            alt.Tooltip("share:Q", format=".1%"),
            alt.Tooltip("runs:Q", format=","),
        ],
    )
    return describe(chart, 260, f"Share of each hidden pair, by {view.label}")
