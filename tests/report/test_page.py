"""The text of the page: escaped, of limited size, and without remote addresses."""

import dataclasses
import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xorbench
from tests.stored_sweeps import SMALL, store
from xorbench import cli
from xorbench.figures.data import read_sweep
from xorbench.report import words
from xorbench.report.page import make_page

NASTY = "</script><script>alert(1)</script><b>&amp;"


class Elements(HTMLParser):
    """All elements of a page, and the text of each kind."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts.setdefault(self.inside[-1], []).append(data)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    about = {"name": NASTY, "title": NASTY, "question": NASTY, "reference": NASTY}
    return store(tmp_path_factory.mktemp("sweep") / "here", about)


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return make_page(read_sweep(folder), folder)


def content_of(page: str) -> Any:
    (text,) = re.findall(r'<script type="application/json" id="content">(.*?)</script>', page)
    return json.loads(text)


def test_texts_stay_texts(page: str) -> None:
    elements = Elements(page)
    assert [tag for tag, _ in elements.elements].count("script") == 3
    assert [tag for tag, _ in elements.elements].count("b") == 0
    assert elements.texts["h1"] == elements.texts["title"] == [NASTY]
    assert elements.texts["dd"].count(NASTY) == 4


def test_texts_in_the_data_cannot_end_the_script(folder: Path) -> None:
    sweep = read_sweep(folder)
    sweep.sample.loc[0, "h1_gate"] = "AND"
    object.__setattr__(sweep.view, "series", ({"init": NASTY},))
    page = make_page(sweep, folder)
    assert [tag for tag, _ in Elements(page).elements].count("script") == 3
    assert NASTY in content_of(page)["series"][0]["name"]


def test_it_is_at_most_two_megabytes(page: str) -> None:
    assert len(page.encode()) < 2_000_000


def test_a_large_grid_is_no_larger(tmp_path: Path) -> None:
    folder = store(
        tmp_path / "here",
        seeds=range(60),
        learning_rate="log:1:20:60",
        momentum="linear:0:0.9:12",
        max_epochs=300,
    )
    sweep = read_sweep(folder)
    assert len(sweep.sample) <= 2000
    assert len(make_page(sweep, folder).encode()) < 2_000_000


def test_no_remote_address(page: str) -> None:
    for tag, attributes in Elements(page).elements:
        assert tag not in ("link", "img", "iframe", "base", "object", "embed")
        for name in ("src", "href", "action", "srcset", "poster"):
            assert (attributes.get(name) or "#").startswith("#")
    library = max(re.findall(r"<script>(.*?)</script>", page, re.DOTALL), key=len)
    assert re.findall(r"https?://|@import|url\(", page.replace(library, "")) == []
    # The library's own are names of languages and links in menus that the page does not have.
    hosts = set(re.findall(r"https?://([a-z.0-9]+)", library))
    assert hosts == {"www.w3.org", "github.com", "vega.github.io"}
    assert "default-src 'none'" in page


def test_two_pages_are_the_same(folder: Path, page: str) -> None:
    assert make_page(read_sweep(folder), folder) == page


def test_the_library_is_there_once(page: str) -> None:
    assert page.count("window.vegaEmbed=") == 1


def test_each_sampled_run_can_be_trained_again(folder: Path, page: str) -> None:
    content, table = content_of(page), xorbench.read(folder)
    runs = content["runs"]["columns"]
    assert len(runs["row"]) == len(table) == 120
    for k in (0, 55, 119):
        row = table.iloc[runs["row"][k]]
        settings = content["settings"] | {"learning_rate": content["x"]["values"][runs["place"][k]]}
        start = content["runs"]["starts"][runs["start"][k]]
        drawn = np.random.RandomState(runs["seed"][k]).random_sample(9)
        assert start == [*drawn[[0, 2, 4]], *drawn[[1, 3, 5]], *drawn[6:]]
        again = xorbench.train(
            initial_weights=np.array(start),
            **{name: value for name, value in settings.items() if name != "init"},
        )
        assert row["seed"] == runs["seed"][k]
        assert (again.outcome, again.epochs) == (row["outcome"], row["epochs"])
        assert content["outcomes"][runs["outcome"][k]] == row["outcome"]
        assert content["gates"][runs["h1"][k]] == row["h1_gate"]


def test_given_starting_weights_are_kept(tmp_path: Path) -> None:
    settings = {name: value for name, value in SMALL.items() if name != "seeds"}
    folder = tmp_path / "here"
    given = np.linspace(-1, 1, 27).reshape(3, 9)
    xorbench.sweep(**settings, initial_weights=given, out=folder)
    sweep = read_sweep(folder)
    content = content_of(make_page(sweep, folder))
    assert content["settings"]["init"] is None
    runs = content["runs"]
    for seed, start in zip(runs["columns"]["seed"], runs["columns"]["start"], strict=True):
        assert runs["starts"][start] == given[seed].tolist()
    assert "--initial-weights OLD_DIR/" in words.sweep_command(sweep)


def test_the_verdict(folder: Path) -> None:
    table = xorbench.read(folder)
    converged = table["outcome"] == "converged"
    first, *others = words.verdict(read_sweep(folder))
    assert first.startswith(f"Of 120 runs, {100 * converged.mean():.1f} % (")
    assert f"of these {100 * table[converged]['learned_and_or'].mean():.1f} % (" in first
    assert others[-1].startswith(f"Of the others, {120 - converged.sum()} are censored: not")


def test_the_command_of_a_single_run(folder: Path, tmp_path: Path) -> None:
    command = "python -m xorbench train --seed SEED --learning-rate LEARNING_RATE --update batch"
    stop = "--stop 'mse < 0.02' --max-epochs 6000"
    assert words.train_command(read_sweep(folder)) == f"{command} {stop} --plot run.png"
    settings = {name: value for name, value in SMALL.items() if name != "seeds"}
    xorbench.sweep(**settings, initial_weights=np.zeros((3, 9)), out=tmp_path / "given")
    assert words.train_command(read_sweep(tmp_path / "given")) == (
        "python -m xorbench train --initial-weights START.csv --learning-rate LEARNING_RATE"
        f" --update batch {stop} --plot run.png"
    )


def test_the_page_tells_which_runs_it_holds(folder: Path) -> None:
    sweep = read_sweep(folder)
    assert words.sampled(sweep) == "The page holds all 120 runs of the sweep."
    few = dataclasses.replace(sweep, sample=sweep.sample[sweep.sample["place"] > 0])
    assert words.sampled(few) == (
        "The page holds 80 of the sweep's 120 runs: those of all 40 seeds, at every point of the"
        " charts. Any other is trained, and drawn, by"
    )


def test_the_command_makes_the_same_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    one = store(
        tmp_path / "one",
        seeds=[5, 3],
        learning_rate="log:0.3:7:5",
        momentum=[0.1 + 0.2, 0],
        targets="0,1;0.1,0.9",
        init=["normal:1", "uniform:-1,1"],
        max_epochs=20,
    )
    command = shlex.split(words.sweep_command(read_sweep(one)).replace("DIR", "other"))
    assert command[:3] == ["python", "-m", "xorbench"]
    assert cli.run([*command[3:], "--quiet"]) == 0
    fingerprints = [
        json.loads((tmp_path / name / "manifest.json").read_text())["fingerprint"]
        for name in ("one", "other")
    ]
    assert fingerprints[0] == fingerprints[1]
