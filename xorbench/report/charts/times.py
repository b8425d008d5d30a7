"""Charts of how long runs take: quantiles of the epochs, and survival curves."""

import altair as alt
import numpy as np

from xorbench.figures.data import QUANTILES, Sweep
from xorbench.figures.style import COLOURS
from xorbench.report import tables
from xorbench.report.charts.parts import (
    SHADES,
    SHOWN,
    Spec,
    along,
    data,
    describe,
    dimmed,
    over_epochs,
)


def epochs(sweep: Sweep) -> Spec:
    """Describe the epochs by which 10, 50 and 90 % of all runs converged."""
    view = sweep.view
    base = alt.Chart(data("quantiles")).transform_filter(SHOWN).encode(x=along(view))
    names = [f"{percent} %" for percent in QUANTILES]
    quantiles = sweep.points[[f"q{percent}" for percent in QUANTILES]].to_numpy()
    key = alt.Legend(title="of all runs converged", orient="top")
    hues = alt.Scale(domain=names, range=list(COLOURS[:3]))
    colour = alt.Color("quantile:N", sort=names, scale=hues, legend=key)
    by = alt.Y(
        "epochs:Q",
        title="epochs",
        scale=over_epochs([*quantiles[np.isfinite(quantiles)], *sweep.points["most_epochs"]]),
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
        scale=over_epochs(tables.survival(sweep)["epochs"]),
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
