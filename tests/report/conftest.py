"""A browser for the tests of reports, that sees every message and every request."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Opened = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once; without it, skip, but not in continuous integration."""
    program = shutil.which("chromium")
    if program is None and "CI" not in os.environ:
        pytest.skip("needs chromium: apt-get install chromium")
    assert program, "chromium is missing; apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opened]:
    """Open pages from the disk; at the end, none may have complained or asked for anything."""
    complaints: list[str] = []
    pages: list[Page] = []

    def opened(path: Path, fragment: str = "") -> Page:
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        page.on("request", lambda request: pages_only(request.url))
        page.goto(path.absolute().as_uri() + fragment)
        page.wait_for_selector("html[data-ready]")
        pages.append(page)
        return page

    def pages_only(url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            complaints.append(f"request: {url}")

    yield opened
    for page in pages:
        page.close()
    assert complaints == []
