"""The built dashboard in a real Chromium, in front of the real platform."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.platform import PASSWORD, RunningPlatform

BUILT = Path(__file__).resolve().parents[3] / "frontend" / "dist" / "app" / "index.html"


@pytest.fixture(autouse=True)
def _built() -> None:
    if not BUILT.exists():
        pytest.skip("frontend/dist/app is not built: run `python frontend/build.py`, or `make install`")


def enter(page: Page, platform: RunningPlatform, path: str, name: str = "ada") -> None:
    """Opens an address below /app in a fresh browser and signs in where the application asks."""
    page.goto(f"{platform.url}/app{path}")
    page.locator("input[autocomplete=username]").fill(name)
    page.locator("input[autocomplete=current-password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("main#main")).to_be_visible()


def answer(page: Page, act: str, **fields: str) -> None:
    """Fills the fields of the question that is open, by their names, and acts."""
    dialog = page.get_by_role("dialog")
    for name, value in fields.items():
        field = dialog.locator(f"[name={name}]")
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    dialog.get_by_role("button", name=act, exact=True).click()
    expect(dialog).to_have_count(0)
