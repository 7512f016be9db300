"""A real Chromium in front of the real platform."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.platform import PASSWORD, RunningPlatform

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
_FLAGS += ["--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One a file: while it lives, an event loop runs in this thread, and Django refuses to ask its database there."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "these tests need a Chromium on PATH: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def refusals() -> set[str]:
    """Statuses that a test provokes on purpose; a refused sign-in is always one."""
    return {"401"}


@pytest.fixture
def page(browser: Browser, refusals: set[str]) -> Iterator[Page]:
    """A page of a fresh profile. What its console reports as an error fails the test, but for expected refusals."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    problems: list[str] = []

    def report(message: ConsoleMessage) -> None:
        refused = any(f"the server responded with a status of {status}" in message.text for status in refusals)
        if message.type == "error" and not refused:
            problems.append(message.text)

    page.on("console", report)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def sign_in(page: Page, platform: RunningPlatform, name: str = "ada") -> None:
    """Signs in through the form."""
    page.goto(f"{platform.url}/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{platform.url}/")
