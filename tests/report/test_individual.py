"""The individual in a real browser, opened from disk."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import xorbench
from tests.report.test_trainer import run_of
from xorbench.report.modules import joined

FOLDER = Path(xorbench.__file__).parent / "report" / "individual"
SCRIPT = joined(FOLDER / "index.js")
STYLE = (FOLDER / "individual.css").read_text("utf-8")
VERDICT = ".individual-verdict"
SLIDER = ".individual-scrubber"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with the tutorial's network."""
    row = xorbench.sweep(27, 0.6, update="online").iloc[0]
    stored = {"outcome": str(row.outcome), "epochs": int(row.epochs)}
    run = run_of(27, {"update": "online", "learning_rate": 0.6}) | {"row": 12, "stored": stored}
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(
        f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>A run</title>
        <style>{STYLE}</style><main id="here"></main>
        <script type="module">{SCRIPT}
        window.run = {json.dumps(run)};
        window.individual = mount(document.getElementById("here"), window.run);</script>"""
    )
    return file.as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The page, opened; nothing may go wrong in it, nor be asked of any network."""
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: problems.append(request.url) if request.url != address else None,
    )
    page.goto(address)
    ended(page)
    yield page
    page.close()
    assert problems == []


def ended(page: Page) -> None:
    page.wait_for_selector("[data-state=ended]", timeout=20_000)


def pixels(page: Page, name: str) -> str:
    drawn: str = page.eval_on_selector(f'[data-map="{name}"]', "canvas => canvas.toDataURL()")
    return drawn


def test_the_run_is_trained_again_as_it_is_stored(page: Page) -> None:
    assert page.inner_text(VERDICT) == (
        "Trained again in this page, the network converged after 1,615 epochs, exactly as stored."
    )
    assert page.inner_text(".individual-gates") == "h1 is AND, h2 is OR, y is NOT h1 AND h2."
    assert len({pixels(page, name) for name in ("y", "h1", "h2", "space")}) == 4


def test_a_run_that_parts_from_the_stored_one_says_so(page: Page) -> None:
    page.evaluate("run.stored.epochs = 1614; individual.setState()")
    ended(page)
    text = page.inner_text(VERDICT)
    assert "converged after 1,615 epochs; the stored run converged after 1,614 epochs." in text
    assert "may differ from xorbench's in the last bit" in text


def test_the_scrubber_goes_through_the_epochs_by_keyboard(page: Page) -> None:
    last = pixels(page, "y")
    page.focus(SLIDER)
    page.keyboard.press("Home")
    assert page.inner_text(".individual-epoch") == "0"
    assert page.inner_text(".individual-gates") == "h1 is TRUE, h2 is TRUE, y is TRUE."
    assert pixels(page, "y") != last
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.inner_text(".individual-epoch") == "3"
    assert page.get_attribute(SLIDER, "aria-valuetext") == "3 epochs"
    page.keyboard.press("End")
    assert pixels(page, "y") == last


def test_weights_changed_by_hand_are_trained_on(page: Page) -> None:
    page.click("summary")
    page.fill('input[type=number][aria-label^="w8"]', "-5")
    assert "Train from these weights" in page.inner_text(VERDICT)
    page.click('button:text("Train from these weights")')
    ended(page)
    text = page.inner_text(VERDICT)
    assert text.startswith("Changed by hand, the network converged after ")
    state = page.evaluate("individual.getState()")
    assert state["weights"].split(",")[7] == "-5"
    assert state["rate"] == 0.6
    page.click("text=Back to the stored run")
    ended(page)
    assert page.inner_text(VERDICT).endswith("exactly as stored.")
    page.evaluate("state => individual.setState(state)", {**state, "epoch": "10"})
    ended(page)
    assert page.inner_text(".individual-epoch") == "10"
    page.focus(SLIDER)
    page.keyboard.press("End")
    assert page.inner_text(VERDICT) == text


def test_playing_ends_at_the_last_epoch(page: Page) -> None:
    page.click('button:text("Play")')
    page.wait_for_function(
        "document.querySelector('[data-do=play]').textContent === 'Play'"
        " && document.querySelector('.individual-epoch').textContent === '1,615'"
    )


def test_everything_has_a_name_for_those_who_cannot_see_it(page: Page) -> None:
    unnamed: Any = page.evaluate(
        """Array.from(document.querySelectorAll("canvas, input, button"))
        .filter((one) => !(one.ariaLabel || one.textContent || one.closest("label")))
        .map((one) => one.outerHTML)"""
    )
    assert unnamed == []


def test_a_phone_shows_all_of_it(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 700}, color_scheme="dark")
    page.goto(address)
    ended(page)
    page.click("summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_a_link_that_makes_no_sense_shows_the_stored_run(page: Page) -> None:
    page.evaluate("individual.setState({ epoch: 'x', weights: '1,2', rate: 'fast' })")
    ended(page)
    assert page.inner_text(VERDICT).endswith("exactly as stored.")


def test_the_size_of_it() -> None:
    assert len(SCRIPT + STYLE) < 80_000
    assert "http" not in SCRIPT
