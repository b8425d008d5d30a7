"""Write the page: one file with its data, its styles and its scripts."""

import html
import json
from pathlib import Path
from string import Template
from typing import Any

from xorbench import gates
from xorbench.axes import AXES
from xorbench.figures.data import Sweep
from xorbench.figures.seeds import MOST_SEEDS
from xorbench.places import replacing
from xorbench.report import tables, words
from xorbench.report.charts import cells, shares, times
from xorbench.report.modules import joined
from xorbench.settings import plain

PAGE = Path(__file__).with_name("page")
INDIVIDUAL = Path(__file__).with_name("individual")
REPORT = "report.html"

SECTIONS = (
    (
        "converged",
        "How many converge",
        "The share of runs that converged. Bars and band: 95 % intervals.",
        (("converged", shares.converged, "points"),),
    ),
    (
        "epochs",
        "How long it takes",
        "By which epoch 10, 50 and 90 % of <em>all</em> runs had converged; a hollow mark on the"
        " dashed line says: not before training stopped. Below: how the runs ended.",
        (("epochs", times.epochs, "quantiles"), ("endings", shares.endings, "endings")),
    ),
    (
        "survival",
        "How many are left",
        "The share of runs not yet converged after so many epochs, with 95 % intervals.",
        (("survival", times.survival, "survival"),),
    ),
    (
        "seeds",
        "Each run by itself",
        f"A cell is a run, of at most {MOST_SEEDS} seeds: its shade tells how long it took. A mark:"
        " it did not converge. Click on a cell to train that very network here.",
        (("seeds", cells.seeds, "runs"),),
    ),
    (
        "pairs",
        "What the hidden units learn",
        "Gates of the two hidden units, of the runs that converged. Framed: pairs from which an"
        " output can make XOR; in orange AND with OR.",
        (("pairs", cells.pairs, "pairs"),),
    ),
    (
        "mix",
        "How that shifts",
        "The shares of the most frequent hidden pairs; either unit may have either gate.",
        (("mix", shares.mix, "mix"),),
    ),
)
"""Name, heading, explanation (HTML), and the charts with the table that each shows."""


def write_page(sweep: Sweep, folder: Path) -> Path:
    """Write the report of a sweep into its folder.

    Parameters
    ----------
    sweep : Sweep
    folder : Path

    Returns
    -------
    Path
        The file.
    """
    path = folder / REPORT
    with replacing(path) as temporary:
        temporary.write_text(make_page(sweep, folder), "utf-8")
    return path


def make_page(sweep: Sweep, folder: Path) -> str:
    """Make the text of the page."""
    import vl_convert

    title = words.heading(sweep, folder)
    about = [sweep.manifest[name] for name in ("question", "reference") if sweep.manifest.get(name)]
    command = words.sweep_command(sweep)
    return Template((PAGE / "page.html").read_text("utf-8")).substitute(
        title=html.escape(title),
        about="".join(f"<p>{html.escape(str(one))}</p>" for one in about),
        verdict="".join(f"<p>{html.escape(one)}</p>" for one in words.verdict(sweep)),
        left_out=f"<p>{html.escape(sweep.view.left_out)}</p>" if sweep.view.left_out else "",
        provenance=definitions(words.provenance(sweep)),
        command=html.escape(command),
        sample=sample(sweep),
        sections="\n".join(section(command, *one) for one in SECTIONS),
        glossary=definitions(words.GLOSSARY),
        style=styles(),
        data=as_json(content(sweep)),
        library=vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"),
        script=script(),
    )


def section(
    command: str, name: str, heading: str, explanation: str, of_charts: tuple[Any, ...]
) -> str:
    """Make the section of a picture."""
    figures = "".join(
        f'<div class="chart" id="chart-{chart}" data-table="{table}"></div>'
        for chart, _, table in of_charts
    )
    links = "".join(
        f'<button type="button" data-csv="{table}">Data as CSV: {table}.csv</button>'
        for table in dict.fromkeys(table for _, _, table in of_charts)
    )
    commands = html.escape(f"{command}\n{words.picture_command(name)}")
    return (
        f'<section id="{name}" aria-labelledby="{name}-heading">'
        f'<h2 id="{name}-heading">{heading}</h2><p>{explanation}</p>{figures}'
        f'<div class="under">{links}<details><summary>Compute it again</summary>'
        f"<pre><code>{commands}</code></pre></details></div></section>"
    )


def sample(sweep: Sweep) -> str:
    """Tell which runs the page holds, and how any other is seen."""
    told = html.escape(words.sampled(sweep))
    if len(sweep.sample) == sweep.settings.rows:
        return told
    return f"{told} <code>{html.escape(words.train_command(sweep))}</code>"


def definitions(pairs: Any) -> str:
    """Make a list of names and what they mean."""
    items = (f"<dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd>" for name, value in pairs)
    return f"<dl>{''.join(items)}</dl>"


def content(sweep: Sweep) -> dict[str, Any]:
    """Gather all that the scripts need to know."""
    view, settings = sweep.view, sweep.settings
    fixed: dict[str, Any] = {name: plain(getattr(settings, name)[0]) for name in AXES}
    if settings.initial_weights is not None:
        fixed["init"] = None  # nothing was drawn of a row's stream before the orders of its epochs
    return {
        "x": {
            "name": view.x,
            "label": view.label,
            "values": list(view.values),
            "texts": list(view.value_texts),
        },
        "series": [
            {"name": name, "settings": one}
            for name, one in zip(view.names, view.series, strict=True)
        ],
        "settings": fixed,
        "rows": settings.rows,
        "outcomes": list(tables.ENDED),
        "ended": list(tables.ENDED.values()),
        "gates": list(gates.NAMES),
        "tables": tables.tables(sweep),
        "runs": tables.runs(sweep),
        "charts": {name: make(sweep) for *_, made in SECTIONS for name, make, _ in made},
    }


def as_json(value: Any) -> str:
    r"""Write JSON that may stand inside a script element, whatever texts it has.

    Examples
    --------
    >>> print(as_json(["</script>"]))
    ["\u003c/script>"]
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def styles() -> str:
    """Read the styles of the page, and of the individual."""
    files = [PAGE / "page.css", *sorted(INDIVIDUAL.glob("*.css"))]
    return "\n".join(file.read_text("utf-8") for file in files)


def script() -> str:
    """Join the scripts of the page."""
    return joined(PAGE / "main.js")
