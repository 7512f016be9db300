"""Charts as a reader uses them: zooms and the way back, expressions, legend, arrangement, live points, files."""

import csv
import json
import math
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.dashboard.conftest import enter
from tests.platform import RunningPlatform

pytestmark = pytest.mark.slow

STEPS = 3_000
Series = dict[str, Callable[[int], float | str | None]]


class Log:
    """A training that is written over HTTP."""

    def __init__(self, platform: RunningPlatform, name: str) -> None:
        self._session, self._api = platform.session(), f"{platform.url}/api/v1"
        opening: dict[str, Any] = {"type": "open", "protocol": 1, "training": str(uuid.uuid4()), "name": name}
        opening |= {"project": "charts", "time": time.time()}
        answer = self._session.put(f"{self._api}/writers/{uuid.uuid4()}", json=opening, timeout=30)
        answer.raise_for_status()
        self.id, self.number = answer.json()["training"]["id"], answer.json()["training"]["number"]

    def log(self, series: Series, steps: range = range(STEPS)) -> "Log":
        body = []
        for tag, value in series.items():
            points = [(step, found) for step in steps if (found := value(step)) is not None]
            body.append({"tag": tag, "steps": [step for step, _ in points], "values": [found for _, found in points]})
        answer = self._session.post(f"{self._api}/ingest/{self.id}", json={"series": body}, timeout=30)
        assert answer.status_code < 300, answer.text
        return self


def seed(number: int) -> Series:
    """Loss at every step with one spike and one NaN, accuracy every hundred, epochs of two hundred steps."""
    return {
        "train/loss": lambda step: 50.0 if step == 1234 else "NaN" if step == 2000 else math.exp(-step / 900) + number,
        "train/epoch": lambda step: step / 200,
        "val/acc": lambda step: 1 - math.exp(-step / 900) / 2 - number / 10 if step % 100 == 0 else None,
    }


@pytest.fixture(scope="module")
def seeds(platform: RunningPlatform) -> list[Log]:
    """Three trainings of the same metrics."""
    return [Log(platform, f"seed-{number}").log(seed(number)) for number in range(3)]


def chart(page: Page, title: str) -> Locator:
    return page.locator(f"section[aria-label='{title}']:has(.u-over)")


def ready(page: Page, title: str) -> Locator:
    """The chart, when it is drawn and nothing is being fetched for it."""
    found = chart(page, title)
    expect(found.locator("canvas").first).to_be_visible()
    expect(found).not_to_have_attribute("data-fetching", "true")
    return found


def box(found: Locator) -> dict[str, float]:
    area = found.locator(".u-over").bounding_box()
    assert area
    return dict(area)


def drag(page: Page, found: Locator, begin: float, end: float) -> None:
    """Over shares of the plot's width."""
    area = box(found)
    y = area["y"] + area["height"] / 2
    page.mouse.move(area["x"] + begin * area["width"], y)
    page.mouse.down()
    page.mouse.move(area["x"] + end * area["width"], y, steps=4)
    page.mouse.up()


def hover(page: Page, found: Locator, x: float, y: float = 0.5) -> Locator:
    """Points at shares of the plot; returns the card."""
    area = box(found)
    page.mouse.move(area["x"] + x * area["width"] - 2, area["y"] + y * area["height"])
    page.mouse.move(area["x"] + x * area["width"], area["y"] + y * area["height"])
    return page.get_by_role("tooltip").filter(has=page.locator("table"))


def search(page: Page, name: str) -> Any:
    found = page.evaluate("name => new URLSearchParams(location.search).get(name)", name)
    return None if found is None else json.loads(found)


def test_a_zoom_ends_at_real_points_and_leads_back(platform: RunningPlatform, page: Page, seeds: list[Log]) -> None:
    enter(page, platform, f"/trainings/{seeds[0].number}?tab=scalars")
    loss = ready(page, "train/loss")
    expect(loss).to_contain_text("3,000 of 3,000 points, 1 not finite")
    drag(page, loss, 0.40, 0.43)
    expect(loss).to_contain_text(re.compile(r"(?<!\d)[89]\d of 3,000 points"))
    first = (search(page, "from"), search(page, "to"))
    assert 1150 < first[0] < 1234 < first[1] < 1350
    # The spike is one of the points, at its own step.
    ready(page, "train/loss")
    card = hover(page, loss, (1234 - first[0]) / (first[1] - first[0]))
    expect(card).to_contain_text("step 1,234")
    expect(card).to_contain_text("50")
    drag(page, loss, 0.2, 0.6)
    page.wait_for_function("from => Number(new URLSearchParams(location.search).get('from')) > from", arg=first[0])
    page.keyboard.press("Backspace")
    page.wait_for_function("from => Number(new URLSearchParams(location.search).get('from')) === from", arg=first[0])
    expect(loss).to_contain_text(re.compile(r"(?<!\d)[89]\d of 3,000 points"))
    loss.locator(".u-over").dblclick(position={"x": 20, "y": 20})
    expect(loss).to_contain_text("3,000 of 3,000 points")
    drag(page, loss, 0.2, 0.6)
    expect(page.get_by_role("button", name="Reset zoom")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Reset zoom")).to_have_count(0)
    assert search(page, "from") is None


def test_epochs_and_metrics_as_x(platform: RunningPlatform, page: Page, seeds: list[Log]) -> None:
    enter(page, platform, f"/trainings/{seeds[0].number}?tab=scalars")
    accuracy = ready(page, "val/acc")
    page.get_by_text("Epoch", exact=True).click()
    expect(accuracy).to_contain_text("30 points")
    ready(page, "val/acc")
    expect(hover(page, accuracy, 0.5)).to_contain_text(re.compile(r"train/epoch 7(\.|\b)"))
    # A zoom into epochs is answered with the points of those epochs.
    loss = ready(page, "train/loss")
    drag(page, loss, 0.4, 0.43)
    expect(loss).to_contain_text(re.compile(r"(?<!\d)(8|9|10)\d of 3,000 points"))
    page.get_by_text("Metric", exact=True).click()
    page.get_by_role("combobox", name="Metric or expression as x").fill("1 - val/acc")
    page.keyboard.press("Enter")
    page.wait_for_function("() => new URLSearchParams(location.search).get('xm') === '1 - \"val/acc\"'")
    ready(page, "train/loss")
    expect(hover(page, loss, 0.5)).to_contain_text("1 - val/acc")


def test_a_chart_of_ones_own(platform: RunningPlatform, page: Page, seeds: list[Log]) -> None:
    enter(page, platform, f"/trainings/{seeds[0].number}?tab=scalars")
    ready(page, "train/loss")
    page.get_by_role("button", name="Add chart").click()
    y = page.get_by_role("combobox", name="y: a metric or an expression")
    y.fill("train/loss * nothing")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No metric is named nothing (character 14).")).to_be_visible()
    y.fill("train/loss-val/acc*2")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add", exact=True).click()
    own = ready(page, "train/loss - val/acc * 2")
    expect(own).to_contain_text("3,000 of 3,000 points")
    # Of the first step: 1 - 2 * (1 - 1/2).
    drag(page, own, 0.0, 0.02)
    expect(page.get_by_role("button", name="Reset zoom")).to_be_visible()
    ready(page, "train/loss - val/acc * 2")
    expect(hover(page, own, 0.0)).to_contain_text(re.compile(r"step 0.*seed-0\s*0$", re.S))
    page.reload()
    ready(page, "train/loss - val/acc * 2")
    own.hover()
    own.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Remove this chart").click()
    expect(own).to_have_count(0)


def test_an_address_shows_the_view(platform: RunningPlatform, page: Page, seeds: list[Log]) -> None:
    own = json.dumps([{"y": '"val/acc"', "x": '"train/loss"'}])
    numbers = ",".join(str(one.number) for one in seeds)
    path = f"/compare?t={numbers}&from=100&to=200&logy=true&tags=loss&only=[{seeds[1].number}]&own={own}"
    enter(page, platform, path)
    loss = ready(page, "train/loss")
    expect(loss).to_contain_text("101 of 3,000 points")
    expect(page.locator("section[data-tag='val/acc']")).to_have_count(0)
    expect(chart(page, "val/acc @ train/loss")).to_have_count(0)  # the filter is about it as well
    legend = page.get_by_role("region", name="Legend")
    expect(legend.get_by_role("button", pressed=True)).to_have_count(1)


def test_a_filter_that_is_no_regular_expression(platform: RunningPlatform, page: Page, seeds: list[Log]) -> None:
    enter(page, platform, f"/trainings/{seeds[0].number}?tab=scalars")
    ready(page, "train/loss")
    field = page.get_by_role("textbox", name="Filter metrics (regex)")
    field.fill("^val|epoch$")
    expect(page.locator("section[data-tag]")).to_have_count(2)
    field.fill("loss(")
    expect(page.get_by_text("Not a regular expression: searched as plain text")).to_be_visible()
    expect(page.get_by_text("No metric matches the filter.")).to_be_visible()


def test_the_legend_hides_isolates_and_sorts(platform: RunningPlatform, page: Page, seeds: list[Log]) -> None:
    enter(page, platform, f"/compare?t={','.join(str(one.number) for one in seeds)}")
    loss = ready(page, "train/loss")
    expect(loss).to_contain_text("9,000 of 9,000 points")
    legend = page.get_by_role("region", name="Legend")
    names = [f"#{one.number} seed-{index}" for index, one in enumerate(seeds)]
    legend.get_by_role("button", name=names[0], exact=True).click()
    expect(loss).to_contain_text("6,000 of 6,000 points")
    assert search(page, "hide") == [seeds[0].number]
    legend.get_by_role("listitem").filter(has_text=names[1]).hover()
    legend.get_by_role("button", name=f"Show only this: {names[1]}").click()
    expect(loss).to_contain_text("3,000 of 3,000 points")
    legend.get_by_role("button", name="Show all").click()
    expect(loss).to_contain_text("9,000 of 9,000 points")
    # Losses rise with the number, so by value the last comes first.
    ready(page, "train/loss")
    card = hover(page, loss, 0.9)
    expect(card.locator("tbody tr")).to_have_text([re.compile(f"seed-{number}") for number in (2, 1, 0)])
    legend.get_by_role("combobox", name="Order of the legend").click()
    page.get_by_role("option", name="by value").click()
    expect(legend.get_by_role("listitem")).to_contain_text(["seed-2", "seed-1", "seed-0"])
    legend.get_by_role("textbox", name="Find a training").fill("seed-2")
    expect(legend.get_by_role("listitem")).to_have_count(1)


def test_a_click_on_a_curve(platform: RunningPlatform, page: Page, seeds: list[Log]) -> None:
    enter(page, platform, f"/compare?t={','.join(str(one.number) for one in seeds)}&inliers=true&from=2100&to=2900")
    loss = ready(page, "train/loss")
    card = hover(page, loss, 0.5, 0.95)
    expect(card.locator("[class*=nearest]")).to_contain_text("seed-0")
    page.mouse.down()
    page.mouse.up()
    page.get_by_role("menuitem", name="Bring to front").click()
    assert search(page, "front") == [seeds[0].number]
    hover(page, loss, 0.4, 0.05)
    page.mouse.down()
    page.mouse.up()
    page.get_by_role("menuitem", name="Hide").click()
    page.wait_for_function("() => new URLSearchParams(location.search).get('hide') !== null")
    assert search(page, "hide") == [seeds[2].number]


def test_charts_are_pinned_and_moved(platform: RunningPlatform, page: Page, seeds: list[Log]) -> None:
    enter(page, platform, f"/trainings/{seeds[0].number}?tab=scalars")
    ready(page, "train/loss")
    tags = page.locator("section[data-tag]")
    expect(tags.nth(0)).to_have_attribute("data-tag", "train/epoch")
    chart(page, "train/loss").locator("h3").drag_to(chart(page, "train/epoch"))
    expect(tags.nth(0)).to_have_attribute("data-tag", "train/loss")
    accuracy = ready(page, "val/acc")
    accuracy.hover()
    accuracy.get_by_role("button", name="Pin on top").click()
    expect(tags.nth(0)).to_have_attribute("data-tag", "val/acc")
    assert (search(page, "order"), search(page, "pin")) == (["train/loss", "train/epoch"], ["val/acc"])
    page.get_by_role("button", name="Layout").click()
    page.get_by_role("menuitem", name="Keep as this project's default").click()
    page.goto(f"{platform.url}/app/trainings/{seeds[1].number}?tab=scalars")
    expect(tags.nth(0)).to_have_attribute("data-tag", "val/acc")
    expect(tags.nth(1)).to_have_attribute("data-tag", "train/loss")


def test_the_keyboard_reaches_curves(platform: RunningPlatform, page: Page, seeds: list[Log]) -> None:
    enter(page, platform, f"/trainings/{seeds[0].number}?tab=scalars")
    accuracy = ready(page, "val/acc")
    accuracy.get_by_role("img", name="val/acc: 1 curves").focus()
    page.keyboard.press("ArrowRight")
    status = page.get_by_role("status").filter(has=page.locator("table"))
    expect(status).to_contain_text("step 1,400")
    page.keyboard.press("Shift+ArrowLeft")
    expect(status).to_contain_text("step 400")
    page.keyboard.press("Escape")
    expect(status).to_have_count(0)
    page.keyboard.press("l")
    page.wait_for_function("() => new URLSearchParams(location.search).get('logy') === 'true'")
    page.keyboard.press("s")
    page.keyboard.press("End")
    page.wait_for_function("() => new URLSearchParams(location.search).get('smooth') === '0.99'")


def test_live_points_and_new_metrics_arrive(platform: RunningPlatform, page: Page) -> None:
    training = Log(platform, "live").log({"b/loss": float, "c/acc": float}, range(200))
    enter(page, platform, f"/trainings/{training.number}?tab=scalars")
    loss = ready(page, "b/loss")
    expect(loss).to_contain_text("200 points")
    training.log({"b/loss": float, "a/new": float, "b/a_new": float}, range(200, 260))
    expect(loss).to_contain_text("260 points")
    expect(page.locator("section[data-tag]")).to_have_count(4)
    # What is new stands behind what was there, whatever its name.
    shown = page.locator("section[data-tag]").evaluate_all("all => all.map(one => one.dataset.tag)")
    assert shown == ["b/loss", "b/a_new", "c/acc", "a/new"]


def test_ten_thousand_metrics(platform: RunningPlatform, page: Page) -> None:
    training = Log(platform, "wide")
    for layer in range(10):
        training.log({f"layer{layer}/p{index}": float for index in range(1_000)}, range(2))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/scalars/" in request.url else None)
    enter(page, platform, f"/trainings/{training.number}?tab=scalars")
    ready(page, "layer0/p0")
    assert page.locator("section[data-tag]").count() < 20
    assert len(asked) < 30
    assert len([url for url in asked if "/series" in url]) <= 2
    page.get_by_role("textbox", name="Filter metrics (regex)").fill("^layer7/p999$")
    ready(page, "layer7/p999")
    expect(page.locator("section[data-tag]")).to_have_count(1)


def test_charts_are_saved(platform: RunningPlatform, page: Page, seeds: list[Log], tmp_path: Path) -> None:
    enter(page, platform, f"/compare?t={','.join(str(one.number) for one in seeds[:2])}&tags=val/acc")
    accuracy = ready(page, "val/acc")

    def save(item: str) -> Path:
        accuracy.hover()
        accuracy.get_by_role("button", name="More").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=item).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    rows = list(csv.DictReader(save("Save what is drawn as CSV").read_text().splitlines()))
    assert [(row["step"], row["training"]) for row in rows] == [
        (str(step), name) for name in ("seed-0", "seed-1") for step in range(0, STEPS, 100)
    ]
    assert float(rows[0]["last"]) == 0.5
    assert save("Save as PNG").read_bytes().startswith(b"\x89PNG")
    svg = save("Save as SVG").read_text()
    assert svg.count("<polyline") == 2
    assert "seed-1" in svg
    complete = save("All points of all metrics (CSV)").read_text().splitlines()
    assert len(complete) - 1 == 2 * (2 * STEPS + 30)
