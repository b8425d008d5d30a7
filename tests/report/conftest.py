"""A browser for the tests of reports, that sees every message and every request."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
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
def browser() -> Iterator[BrowserContext]:
    """Start Chromium once; without it, skip, but not in continuous integration."""
    if not CHROMIUM.exists() and "CI" not in os.environ:
        pytest.skip("needs chromium: apt-get install chromium")
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        sync_playwright() as playwright,
    ):
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=FLAGS, accept_downloads=True
        )
        context.set_default_timeout(20_000)
        yield context
        context.close()


@pytest.fixture
def open_page(browser: BrowserContext) -> Iterator[Opened]:
    """Open pages from the disk; at the end, none may have complained or asked for anything."""
    complaints: list[str] = []
    pages: list[Page] = []

    def opened(path: Path, fragment: str = "") -> Page:
        page = browser.new_page()
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
