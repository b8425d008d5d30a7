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


def write_page(file: Path, seed: int, rate: float, **settings: Any) -> str:
    """Write a page with one run of a sweep; returns its address."""
    row = xorbench.sweep(seed, rate, **settings).iloc[0]
    stored = {"outcome": str(row["outcome"]), "epochs": int(row["epochs"]), "mse": row["mse"]}
    stored |= {name: row[name] for name in ("h1_gate", "h2_gate", "output_gate")}
    run = run_of(seed, {**settings, "learning_rate": rate}) | {"row": 12, "stored": stored}
    file.write_text(
        f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>A run</title>
        <style>{STYLE}</style><main id="here"></main>
        <script type="module">{SCRIPT}
        window.run = {json.dumps(run)};
        window.individual = mount(document.getElementById("here"), window.run);</script>"""
    )
    return file.as_uri()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with the tutorial's network."""
    return write_page(tmp_path_factory.mktemp("page") / "page.html", 27, 0.6, update="online")


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


def test_a_run_that_learned_other_gates_than_the_stored_one_says_so(page: Page) -> None:
    page.evaluate("run.stored.h1_gate = 'NAND'; individual.setState()")
    ended(page)
    text = page.inner_text(VERDICT)
    assert "as stored, but with other gates: in the stored run h1 is NAND, h2 is OR, y" in text


def test_a_censored_run_is_trained_on(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(write_page(tmp_path / "page.html", 27, 0.5, max_epochs=6000))
    ended(page)
    assert page.inner_text(VERDICT) == (
        "Trained again in this page, the network did not converge within 6,000 epochs,"
        " exactly as stored."
    )
    page.click('button:text("Train on")')
    ended(page)
    later = xorbench.sweep(27, 0.5).iloc[0]
    assert later["outcome"] == "converged"
    assert page.inner_text(VERDICT) == (
        f"Trained on, beyond 6,000 epochs, the network converged after {later['epochs']:,} epochs."
    )
    assert page.is_hidden('button:text("Train on")')
    page.close()


def test_a_long_training_leaves_the_page_responsive(browser: Browser, tmp_path: Path) -> None:
    page = browser.new_page()
    page.goto(write_page(tmp_path / "page.html", 4, 5.0, max_epochs=1_000_000))
    page.evaluate(
        """individual.setState(); window.said = []; window.longest = 0; window.last = 0;
        const verdict = document.querySelector(".individual-verdict");
        new MutationObserver(() => said.push(verdict.textContent))
          .observe(verdict, { childList: true });
        new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => {
          longest = Math.max(longest, duration); })).observe({ entryTypes: ["longtask"] });"""
    )
    ended(page)
    page.wait_for_function("said.length > 0")
    assert page.evaluate("said.length") <= 2  # what is said is read out: not at every turn
    assert page.evaluate("longest") < 500
    page.close()


def test_the_ink_follows_the_scheme(page: Page) -> None:
    page.add_style_tag(content="@media (prefers-color-scheme: dark) { :root { color: #fff } }")
    before = page.eval_on_selector("[data-chart=error]", "canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "before => document.querySelector('[data-chart=error]').toDataURL() !== before", arg=before
    )


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
    page.keyboard.press("Enter")
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


def test_the_same_start_is_trained_with_another_rate(page: Page) -> None:
    page.click("summary")
    assert page.inner_text(".individual-origin") == (
        "Weights at epoch 1,615, where the slider above stands."
    )
    page.fill(".individual-rate", "0.5")
    page.click("button[type=submit]")
    ended(page)
    assert page.inner_text(VERDICT) == (
        "Changed by hand, the network began where the stop rule already holds."
        " Train from the run's start to see it learn."
    )
    page.fill(".individual-rate", "0.5")
    page.click('[data-do="again"]')
    ended(page)
    other = xorbench.sweep(27, 0.5, update="online").iloc[0]
    assert page.inner_text(VERDICT) == (
        f"Changed by hand, the network converged after {other['epochs']:,} epochs."
    )


def test_a_field_without_a_number_is_refused(page: Page) -> None:
    page.click("summary")
    before = pixels(page, "y")
    for name in ("w3", "w8"):
        page.fill(f"input[type=number][aria-label^={name}]", "")
    sentence = "No number in w3, w8: each of the nine weights needs one."
    assert page.inner_text(VERDICT) == sentence
    assert pixels(page, "y") == before
    page.click("button[type=submit]")
    assert page.inner_text(".individual-refusal") == sentence
    assert page.evaluate("individual.getState().weights") is None
    page.fill("input[type=number][aria-label^=w3]", "1")
    page.fill("input[type=number][aria-label^=w8]", "1")
    assert page.inner_text(".individual-refusal") == ""
    for rate in ("", "-1"):
        page.fill(".individual-rate", rate)
        page.click("button[type=submit]")
        assert page.inner_text(".individual-refusal") == (
            "The learning rate needs a number of 0 or more."
        )
    assert page.evaluate("individual.getState().rate") is None


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
