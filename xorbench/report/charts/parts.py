"""What the charts have in common: the abscissa, their two parameters, their data by name."""

from collections.abc import Iterable
from typing import Any

import altair as alt

from xorbench.figures.view import View

Spec = dict[str, Any]
"""A chart in Vega-Lite."""

HERE = "chosen === null || datum.x === chosen"
"""In a filter: of what is looked at."""

SHOWN = "datum.serie === serie"
"""In a filter: of the series that is shown."""

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
        all_of_them = alt.Scale(domain=list(view.value_texts))
        axis = alt.Axis(labelOverlap=True, labelAngle=-45)
        return alt.X("text:O", title=view.label, scale=all_of_them, axis=axis)
    log = view.scale == "log"
    ends = [min(view.values), max(view.values)]
    kind = alt.Scale(type="log" if log else "linear", nice=False, domain=ends)
    return alt.X("x:Q", title=view.label, scale=kind, axis=alt.Axis(grid=False, labelOverlap=True))


def data(name: str) -> alt.NamedData:
    """Name a table of the page."""
    return alt.NamedData(name=name)


def over_epochs(shown: Iterable[float], **more: Any) -> alt.Scale:
    """Make a logarithmic scale for the epochs that are shown, if there are any."""
    epochs = [max(1.0, float(epoch)) for epoch in shown if epoch > 0] or [1.0, 10.0]
    return alt.Scale(type="log", nice=False, domain=[min(epochs), max(epochs)], **more)


def dimmed() -> Any:
    """Keep what is looked at, and let the rest fade."""
    return alt.condition(HERE, alt.value(1), alt.value(0.2))
