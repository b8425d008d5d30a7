"""The report in a browser, opened from the disk."""

import csv
import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

import xorbench
from tests.report.conftest import Opened
from tests.stored_sweeps import store
from xorbench.figures.data import read_sweep
from xorbench.report.page import write_page


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = store(tmp_path_factory.mktemp("sweep") / "here", momentum=[0.0, 0.5])
    return write_page(read_sweep(folder), folder)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sampled") / "here"
    store(folder, seeds=range(4095), learning_rate=0.5, max_epochs=1)
    return write_page(read_sweep(folder), folder)


def hash_of(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).fragment).items()}


def rows(page: Page) -> list[list[str]]:
    return [
        [cell.inner_text() for cell in row.locator("td").all()]
        for row in page.locator("#table tbody tr").all()
    ]


def download(page: Page, button: str) -> list[dict[str, str]]:
    with page.expect_download() as waiting:
        page.locator(f"{button} >> nth=0").click()
    return list(csv.DictReader(io.StringIO(waiting.value.path().read_text())))


def test_all_charts_are_drawn(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    assert page.locator(".chart svg").count() == page.locator(".chart").count() == 7
    for chart in page.locator(".chart svg").all():
        assert chart.locator("path, text").count() > 10
    assert page.locator("main h2").first.inner_text() == "How many converge"


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_is_wider_than_the_screen(open_page: Opened, report: Path, width: int) -> None:
    page = open_page(report)
    page.set_viewport_size({"width": width, "height": 800})
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut_off = """[...document.querySelectorAll(".role-legend text")].filter((text) =>
        text.getBoundingClientRect().right > text.closest("svg").getBoundingClientRect().right)
        .map((text) => text.textContent)"""
    assert page.evaluate(cut_off) == []


def test_the_table_filters_and_sorts(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    table = xorbench.read(report.parent)
    assert page.locator("#count").inner_text() == "240 of 240 runs"
    page.locator("#filter-outcome").select_option(label="censored")
    censored = (table["outcome"] == "max_epochs").sum()
    assert page.locator("#count").inner_text() == f"{censored} of 240 runs"
    page.locator("#filter-outcome").select_option("converged")
    page.locator("#filter-gates").fill("or & and")
    learned = table[(table["outcome"] == "converged") & table["learned_and_or"]]
    assert page.locator("#count").inner_text() == f"{len(learned)} of 240 runs"
    page.get_by_role("button", name="epochs").click()
    epochs = [int(row[5].replace(",", "")) for row in rows(page)]
    assert epochs == sorted(learned["epochs"])[:25]
    page.get_by_role("button", name="epochs").click()
    epochs = [int(row[5].replace(",", "")) for row in rows(page)]
    assert epochs == sorted(learned["epochs"], reverse=True)[:25]
    heading = page.locator("#table th", has_text="epochs")
    assert heading.get_attribute("aria-sort") == "descending"
    page.get_by_role("button", name="Show all").click()
    page.wait_for_function("document.getElementById('count').textContent === '240 of 240 runs'")


def test_an_outcome_has_one_name(open_page: Opened, report: Path) -> None:
    page = open_page(report, "#outcome=max_epochs")
    assert {row[4] for row in rows(page)} == {"censored"}
    assert page.locator("#filter-outcome option").all_inner_texts() == [
        "all", "converged", "censored", "stalled", "a weight overflowed"
    ]  # fmt: skip
    told = " ".join(page.locator("#chart-seeds svg text").all_text_contents())
    assert "censored stalled a weight overflowed" in told
    page.locator("#chart-seeds .mark-rect path[fill=transparent] >> nth=0").hover(force=True)
    assert "censored" in page.locator("#vg-tooltip-element").inner_text()
    assert "censored: not yet converged" in page.locator("#chart-endings").inner_text()
    without = page.locator("main").inner_text().replace("max_epochs.", "")  # of the glossary
    assert "max_epochs" not in without


def test_a_page_of_the_table_at_a_time(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    assert page.locator("#before").is_disabled()
    page.locator("#next").click()
    assert page.locator("#page").inner_text() == "page 2 of 10"
    assert rows(page)[0][0] == "25"


def test_a_link_opens_the_same_view(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    page.locator("#filter-x").select_option("1")
    page.locator("#filter-outcome").select_option("converged")
    page.get_by_role("button", name="mse").click()
    page.locator("#chosen").select_option("2")
    page.locator("#serie").select_option("1")
    page.locator("#table tbody button >> nth=3").click()
    told = hash_of(page)
    row = rows(page)[3][0]
    assert told["row"] == row
    again = open_page(report, f"#{urlsplit(page.url).fragment}")
    assert rows(again) == rows(page)
    assert again.locator("tr.chosen td >> nth=0").inner_text() == row
    assert again.locator("#chosen").input_value() == "2"
    assert again.locator("#serie").input_value() == "1"
    heading = page.locator("#individual-heading").inner_text()
    assert again.locator("#individual-heading").inner_text() == heading
    assert hash_of(again) == told


def test_a_run_that_is_not_in_the_page(open_page: Opened, sampled: Path) -> None:
    page = open_page(sampled, "#row=4094")
    hint = page.locator("#individual-hint")
    told = (
        "The page holds 2,000 of the sweep's 4,095 runs: those of the first 2,000 of 4,095 seeds,"
        " at every point of the charts. Any other is trained, and drawn, by python -m xorbench"
        " train --seed SEED --learning-rate 0.5 --update batch --stop 'mse < 0.02'"
        " --max-epochs 1 --plot run.png"
    )
    assert page.locator("#sample").inner_text() == told
    assert hint.inner_text() == f"Row 4,094 is not in this page. {told}"
    assert hash_of(page)["row"] == "4094"
    page.locator("#filter-seed").fill("4094")
    assert page.locator("#count").inner_text() == ("0 of 2,000 runs here; for any other see above")
    page.evaluate("location.hash = 'row=7'")
    page.wait_for_selector(VERDICT)
    assert hint.is_hidden()
    for row in ("4095", "-1", "x"):
        page.evaluate("row => { location.hash = `row=${row}`; }", row)
        expect(hint).to_have_text(f"There is no row {row}; the rows of this sweep are 0 to 4,094.")
        assert page.locator("#individual").inner_text() == ""


def test_nonsense_in_a_link_is_passed_over(open_page: Opened, report: Path) -> None:
    page = open_page(report, "#row=x&at=99&serie=-1&outcome=%3Cscript%3E&sort=nothing")
    assert page.locator("#chosen").input_value() == ""
    assert len(rows(page)) == 25


def test_a_click_looks_at_a_value_in_all_charts(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    cells = """[...document.querySelectorAll("#chart-pairs .mark-rect [aria-label]")]
        .map((cell) => cell.ariaLabel).sort().join()"""
    before = page.evaluate(cells)
    page.locator("#chart-converged .mark-symbol path >> nth=2").click()
    assert page.locator("#chosen").input_value() == "2"
    page.wait_for_function(f"before => {cells} !== before", arg=before)
    page.keyboard.press("Escape")
    assert page.locator("#chosen").input_value() == ""
    page.wait_for_function(f"before => {cells} === before", arg=before)


def test_a_mark_tells_its_values(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    page.locator("#chart-converged .mark-symbol path >> nth=5").hover()
    tip = page.locator("#vg-tooltip-element")
    assert "95 % interval from" in tip.inner_text()


VERDICT = "#individual[data-state=ended] .individual-verdict"


def test_a_cell_of_the_map_trains_its_run(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    page.locator("#chart-seeds .mark-rect path >> nth=7").click()
    verdict = page.locator(VERDICT).inner_text()
    run = xorbench.read(report.parent).iloc[int(hash_of(page)["row"])]
    heading = page.locator("#individual-heading").inner_text()
    assert heading.startswith(f"Seed {run['seed']}, learning rate {run['learning_rate']:g}")
    assert verdict == (
        "Trained again in this page, the network converged after"
        f" {run['epochs']:,} epochs, exactly as stored."
    )
    assert page.locator("tr.chosen td").first.inner_text() == hash_of(page)["row"]
    gates = page.locator(".individual-gates").inner_text()
    assert gates.startswith(f"h1 is {run['h1_gate']}, h2 is {run['h2_gate']}, y is ")


def test_a_link_opens_the_same_moment_of_a_run(open_page: Opened, report: Path) -> None:
    page = open_page(report, "#row=50")
    page.wait_for_selector(VERDICT)
    page.locator(".individual-scrubber").fill("9")
    page.wait_for_function("location.hash.includes('epoch=9')")
    gates = page.locator(".individual-gates").inner_text()
    again = open_page(report, f"#{urlsplit(page.url).fragment}")
    again.wait_for_selector(VERDICT)
    assert again.locator(".individual-epoch").inner_text() == "9"
    assert again.locator(".individual-gates").inner_text() == gates


def test_the_heading_names_what_is_shown(open_page: Opened, report: Path) -> None:
    page = open_page(report, "#row=50")
    page.wait_for_selector(VERDICT)
    heading = page.locator("#individual-heading")
    stored = heading.inner_text()
    assert stored == "Seed 10, learning rate 5, momentum 0"
    page.locator(".individual-scrubber").fill("0")
    page.locator(".individual-change summary").click()
    page.locator(".individual-rate").fill("0.25")
    page.get_by_role("button", name="Train from these weights").click()
    other = "Seed 10, learning rate 0.25 instead of 5, momentum 0"
    expect(heading).to_have_text(other)
    again = open_page(report, f"#{urlsplit(page.url).fragment}")
    assert again.locator("#individual-heading").inner_text() == other
    page.locator(".individual-weight input[type=number] >> nth=0").fill("3")
    page.get_by_role("button", name="Train from these weights").click()
    expect(heading).to_have_text(f"{other}, other starting weights")
    page.get_by_role("button", name="Back to the stored run").click()
    expect(heading).to_have_text(stored)


def test_data_as_csv(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    points = download(page, '[data-csv="points"]')
    sweep = read_sweep(report.parent)
    assert [int(point["converged"]) for point in points] == sweep.points["converged"].to_list()
    assert {point["series"] for point in points} == {"momentum 0", "momentum 0.5"}
    names = page.locator("main button:has-text('CSV')").all_inner_texts()
    assert len(set(names)) == len(names)
    page.locator("#filter-outcome").select_option("max_epochs")
    page.get_by_role("button", name="epochs").click()
    selected = download(page, "#selected-csv")
    assert [run["row"] for run in selected[:25]] == [row[0] for row in rows(page)]
    assert {run["outcome"] for run in selected} == {"max_epochs"}
    runs = download(page, '[data-csv="runs"]')
    table = xorbench.read(report.parent)
    assert len(runs) == 240
    for run in runs[::50]:
        row = table.iloc[int(run["row"])]
        assert float(run["learning_rate"]) == row["learning_rate"]
        assert (run["outcome"], int(run["epochs"])) == (row["outcome"], row["epochs"])
        assert float(run["mse"]) == row["mse"]


def test_everything_is_reached_by_the_keyboard(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the verdict"
    page.locator("#table tbody button >> nth=0").focus()
    page.keyboard.press("Enter")
    assert hash_of(page)["row"] == "0"
    assert page.evaluate("document.activeElement.id") == "individual-heading"


def test_every_control_has_a_name(open_page: Opened, report: Path) -> None:
    page = open_page(report)
    unnamed = page.evaluate(
        """[...document.querySelectorAll("main input, main select, main button")].filter(
            (one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel))
            .map((one) => one.outerHTML)"""
    )
    assert unnamed == []


def test_dark_paper_has_light_ink(open_page: Opened, report: Path) -> None:
    page = open_page(report)

    def ink() -> str:
        return str(
            page.locator("#chart-converged svg text >> nth=0").evaluate(
                "text => getComputedStyle(text).fill"
            )
        )

    light = ink()
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        """light => {
            const text = document.querySelector("#chart-converged svg text");
            return text && getComputedStyle(text).fill !== light;
        }""",
        arg=light,
    )
    assert ink() == "rgb(233, 233, 230)"
