"""The charts of a report, described in Vega-Lite; the page gives them their data.

All know two parameters, which the page sets: `chosen`, a value of the abscissa that is looked at
(null: none), and `serie`, the number of the series that is shown. Field names are those of
`report.tables`.
"""

from typing import Any

import altair as alt

from xorbench.figures.data import Sweep
from xorbench.figures.pairs import LEARNABLE
from xorbench.figures.style import COLOURS, OUTCOMES
from xorbench.figures.view import View

Spec = dict[str, Any]

HERE = "chosen === null || datum.x === chosen"
SHOWN = "datum.serie === serie"
SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")

SHADES = alt.SchemeParams(name="viridis", extent=[0.25, 0.9])
"""Seen on light and on dark paper."""

COMMON = (alt.param(name="chosen", value=None), alt.param(name="serie", value=0))


def describe(chart: Any, height: int, description: str) -> Spec:
    """Finish the description of a chart."""
    finished = chart.add_params(*COMMON).properties(
        width="container",
        height=height,
        description=description,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )
    spec: Spec = finished.to_dict()
    del spec["$schema"]  # an address; the page says itself which language this is
    spec.pop("config", None)
    return spec


def along(view: View, *, bands: bool = False) -> alt.X:
    """Describe the abscissa of a view."""
    if bands or view.scale == "words":
        order = list(view.value_texts)
        return alt.X(
            "text:O", title=view.label, sort=order, axis=alt.Axis(labelOverlap=True, labelAngle=-45)
        )
    log = view.scale == "log"
    kind = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=False, nice=False)
    return alt.X("x:Q", title=view.label, scale=kind, axis=alt.Axis(grid=False, labelOverlap=True))


def dimmed(fully: float = 1.0) -> Any:
    """Keep what is chosen, and let the rest fade."""
    return alt.condition(HERE, alt.value(fully), alt.value(0.2 * fully))


def data(name: str) -> alt.NamedData:
    """Name a table of the page."""
    return alt.NamedData(name=name)


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
    base = alt.Chart(data("points")).encode(x=along(view), color=colour)
    share = alt.Y(
        "share:Q",
        title="runs converged (%)",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format="%", labelExpr="100 * datum.value"),
    )
    band = base.mark_area(opacity=0.2).encode(
        y=alt.Y("low:Q", title="runs converged (%)"), y2="high:Q"
    )
    line = base.mark_line().encode(
        y=share, strokeDash=alt.StrokeDash("series:N", sort=names, legend=key)
    )
    whiskers = base.mark_rule().encode(y="low:Q", y2="high:Q", opacity=dimmed())
    marks = base.mark_point(filled=True, size=70).encode(
        y=share,
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


def epochs(sweep: Sweep) -> Spec:
    """Describe the epochs by which 10, 50 and 90 % of all runs converged."""
    view = sweep.view
    base = alt.Chart(data("quantiles")).transform_filter(SHOWN).encode(x=along(view))
    names = ["10 %", "50 %", "90 %"]
    key = alt.Legend(title="of all runs converged", orient="top")
    hues = alt.Scale(domain=names, range=list(COLOURS[:3]))
    colour = alt.Color("quantile:N", sort=names, scale=hues, legend=key)
    by = alt.Y(
        "epochs:Q",
        title="epochs",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(format=",", labelOverlap=True),
    )
    limit = base.mark_line(strokeDash=[4, 3], color="gray").encode(
        y=alt.Y("limit:Q", title="epochs")
    )
    line = (
        base.transform_filter("datum.known")
        .mark_line()
        .encode(y=by, color=colour, strokeDash=alt.StrokeDash("rank:O", legend=None))
    )
    marks = base.mark_point(size=60).encode(
        y=by,
        color=colour,
        fill=alt.condition(
            "datum.known",
            alt.Fill("quantile:N", sort=names, scale=hues, legend=key),
            alt.value("transparent"),
        ),
        shape=alt.Shape(
            "quantile:N",
            scale=alt.Scale(domain=names, range=["triangle-down", "circle", "triangle-up"]),
            legend=key,
        ),
        opacity=dimmed(),
        tooltip=[
            alt.Tooltip("text:N", title=view.label),
            alt.Tooltip("quantile:N", title="of all runs converged"),
            alt.Tooltip("by:N", title="by epoch"),
        ],
    )
    layers = [limit, marks] if view.scale == "words" else [limit, line, marks]
    return describe(
        alt.layer(*layers),
        260,
        f"Epochs by which 10, 50 and 90 % of runs converged, by {view.label}",
    )


def endings(sweep: Sweep) -> Spec:
    """Describe how the runs ended, the censored ones as a band of their own."""
    view = sweep.view
    occurring = [name for name in OUTCOMES if sweep.points[name].any()]
    names = [OUTCOMES[name][2] for name in occurring]
    hues = {"converged": "#7fb7d8"}
    chart = (
        alt.Chart(data("endings"))
        .transform_filter(SHOWN)
        .mark_bar(stroke="gray", strokeWidth=0.5)
        .encode(
            x=along(view, bands=True),
            y=alt.Y(
                "share:Q",
                title="runs (%)",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(labelExpr="100 * datum.value", tickCount=3),
            ),
            color=alt.Color(
                "ending:N",
                scale=alt.Scale(
                    domain=names, range=[hues.get(name, OUTCOMES[name][0]) for name in occurring]
                ),
                legend=alt.Legend(title=None, orient="top", columns=2, labelLimit=300),
            ),
            order="rank:Q",
            opacity=dimmed(),
            tooltip=[
                alt.Tooltip("text:N", title=view.label),
                alt.Tooltip("ending:N", title="ended"),
                alt.Tooltip("share:Q", title="share", format=".1%"),
                alt.Tooltip("runs:Q", title="runs", format=","),
            ],
        )
    )
    return describe(chart, 110, f"How runs ended, by {view.label}")


def survival(sweep: Sweep) -> Spec:
    """Describe the survival curves: some, and the chosen one."""
    view = sweep.view
    base = (
        alt.Chart(data("survival"))
        .transform_filter(SHOWN)
        .transform_filter("datum.kept || datum.x === chosen")
    )
    order = list(view.value_texts)
    key = alt.Legend(title=view.label, orient="top", symbolType="stroke", columns=4)
    colour = alt.Color("text:O", sort=order, scale=alt.Scale(scheme=SHADES), legend=key)
    x = alt.X(
        "epochs:Q",
        title="epochs",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(format=",", grid=False, labelOverlap=True),
    )
    y = alt.Y(
        "survival:Q",
        title="runs not yet converged (%)",
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(labelExpr="100 * datum.value"),
    )
    band = (
        base.transform_filter("isValid(datum.low)")
        .mark_area(interpolate="step-after", opacity=0.15)
        .encode(
            x=x,
            y=alt.Y("low:Q", title="runs not yet converged (%)"),
            y2="high:Q",
            fill=alt.Fill("place:O", scale=alt.Scale(scheme=SHADES), legend=None),
        )
    )
    line = base.mark_line(interpolate="step-after").encode(
        x=x,
        y=y,
        color=colour,
        opacity=dimmed(),
        strokeDash=alt.StrokeDash("place:O", legend=None),
    )
    hover = base.mark_point(size=40, opacity=0, tooltip=True).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("text:N", title=view.label),
            alt.Tooltip("epochs:Q", format=","),
            alt.Tooltip("survival:Q", title="not yet converged", format=".1%"),
            alt.Tooltip("low:Q", title="95 % interval from", format=".1%"),
            alt.Tooltip("high:Q", title="to", format=".1%"),
        ],
    )
    return describe(
        alt.layer(band, line, hover), 280, "Share of runs not yet converged, over the epochs"
    )


def seeds(sweep: Sweep) -> Spec:
    """Describe the map of single runs."""
    view = sweep.view
    base = (
        alt.Chart(data("runs"))
        .transform_filter(SHOWN)
        .encode(
            x=along(view, bands=True),
            y=alt.Y("seed:O", title="seed", axis=alt.Axis(labelOverlap=True, ticks=False)),
            tooltip=[
                alt.Tooltip("row:Q", title="row", format=","),
                alt.Tooltip("seed:Q"),
                alt.Tooltip("text:N", title=view.label),
                alt.Tooltip("outcome:N"),
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
                scale=alt.Scale(type="log", scheme="cividis", reverse=True),
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
                "outcome:N",
                scale=alt.Scale(
                    domain=["max_epochs", "stalled", "nonfinite"],
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
        max(120, 5 * sweep.seeds_shown),
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


def mix(sweep: Sweep) -> Spec:
    """Describe how the mix of pairs shifts."""
    view = sweep.view
    chart = (
        alt.Chart(data("mix"))
        .transform_filter(SHOWN)
        .mark_bar(stroke="gray", strokeWidth=0.5)
        .encode(
            x=along(view, bands=True),
            y=alt.Y(
                "share:Q",
                title="share of the converged (%)",
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(labelExpr="100 * datum.value"),
            ),
            color=alt.Color(
                "pair:N",
                sort=alt.EncodingSortField("rank", op="min"),
                scale=alt.Scale(range=[*COLOURS, "#bbbbbb"]),
                legend=alt.Legend(title="hidden units", orient="top", columns=1, labelLimit=400),
            ),
            order="rank:Q",
            opacity=dimmed(),
            tooltip=[
                alt.Tooltip("text:N", title=view.label),
                alt.Tooltip("pair:N", title="hidden units"),
                alt.Tooltip("share:Q", format=".1%"),
                alt.Tooltip("runs:Q", format=","),
            ],
        )
    )
    return describe(chart, 260, f"Share of each hidden pair, by {view.label}")
