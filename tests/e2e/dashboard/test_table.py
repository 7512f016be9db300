"""The trainings table as a person uses it: scroll, sort, filter, choose, change many and undo it, watch it live."""

import re
import time
import uuid
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.client_sdk.by_hand import Writer
from tests.e2e.dashboard.conftest import enter
from tests.platform import RunningPlatform

pytestmark = pytest.mark.slow

MANY = 106
"""More than a page of the table holds."""


@pytest.fixture(scope="module")
def project(platform: RunningPlatform) -> str:
    """A project with many trainings: `run 000` is the oldest and has the best accuracy."""
    name = f"table-{uuid.uuid4().hex[:8]}"
    for index in range(MANY):
        config = {"lr": 10.0**-index if index < 3 else 0.5, "seed": index % 2}
        writer = Writer(platform, project=name, name=f"run {index:03d}", config=config, tags=["baseline"] * (index < 3))
        if index % 2 and index > 3:
            continue
        now = time.time()
        steps = 100 if index < 3 else 2
        writer.points("val/acc", [(step, now, (step + 1) / 100 / (index + 1)) for step in range(steps)])
        if index < 3:
            writer.finish()
    return f"ada/{name}"


def open_table(page: Page, platform: RunningPlatform, project: str, **search: str) -> Locator:
    """The grid, signed in, with its first rows."""
    enter(page, platform, f"/trainings?{urlencode({'project': project, **search})}")
    grid = page.get_by_role("grid")
    expect(grid.get_by_role("link").first).to_be_visible()
    return grid


def names(grid: Locator) -> list[str]:
    return grid.get_by_role("link").all_inner_texts()


def row(grid: Locator, name: str) -> Locator:
    return grid.get_by_role("row").filter(has=grid.page.get_by_role("link", name=name, exact=True))


def test_scrolls_to_the_last_of_many(page: Page, platform: RunningPlatform, project: str) -> None:
    grid = open_table(page, platform, project)
    assert names(grid)[0] == f"run {MANY - 1:03d}"
    grid.focus()
    last = grid.get_by_role("link", name="run 000", exact=True)
    page.keyboard.press("End")  # the last that is loaded; the next page follows
    expect(page.get_by_text(f"{MANY} trainings", exact=True)).to_be_visible()
    page.keyboard.press("End")
    expect(last).to_be_in_viewport()
    assert len(names(grid)) < 80, "only rows near the screen exist"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/app/trainings/\d+"))
    expect(page.get_by_role("heading", name="run 000")).to_be_visible()
    page.go_back()
    expect(grid.get_by_role("link").first).to_be_visible()


def test_sorts_on_the_server_by_a_metric(page: Page, platform: RunningPlatform, project: str) -> None:
    grid = open_table(page, platform, project)
    accuracy = grid.get_by_role("columnheader", name="val/acc").first
    accuracy.get_by_role("button", name="val/acc", exact=True).click()
    expect(accuracy).to_have_attribute("aria-sort", "descending")
    expect(grid.get_by_role("link").first).to_have_text("run 000")
    assert names(grid)[:3] == ["run 000", "run 001", "run 002"]
    expect(row(grid, "run 001")).to_contain_text("0.5")
    page.reload()  # the address holds the order
    expect(grid.get_by_role("link").first).to_have_text("run 000")


def test_filters_with_completion_and_shows_mistakes(
    page: Page, platform: RunningPlatform, project: str, refusals: set[str]
) -> None:
    refusals.add("400")
    grid = open_table(page, platform, project)
    page.keyboard.press("/")
    box = page.get_by_role("textbox", name="Filter")
    expect(box).to_be_focused()
    page.keyboard.type("status = 3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Equality is written ==.")
    assert re.search(r"^ {7}\^", page.get_by_role("alert").inner_text(), re.MULTILINE), "the caret marks the place"
    box.fill("")
    box.press_sequentially("config.l")
    expect(page.get_by_role("option", name="config.lr")).to_be_visible()
    page.keyboard.press("Tab")
    expect(box).to_have_value("config.lr ")
    box.press_sequentially("< 0.3 and status == ")
    page.get_by_role("option", name='"finished"').click()
    expect(box).to_have_value('config.lr < 0.3 and status == "finished" ')
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 trainings", exact=True)).to_be_visible()
    assert names(grid) == ["run 002", "run 001"]
    box.fill("number < 0")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No training matches the filter")).to_be_visible()


def test_columns_are_chosen_and_kept_in_the_address(page: Page, platform: RunningPlatform, project: str) -> None:
    grid = open_table(page, platform, project, where='"baseline" in tags')
    page.get_by_role("button", name="Columns", exact=True).click()
    page.get_by_role("textbox", name="Search metrics, config, fields").fill("acc")
    choice = page.get_by_role("group", name="val/acc")
    choice.get_by_text("max", exact=True).click()
    page.get_by_role("textbox", name="Search metrics, config, fields").fill("lr")
    page.get_by_label("config.lr").check()
    page.keyboard.press("Escape")
    expect(grid.get_by_role("columnheader", name="val/acc max").first).to_be_attached()
    expect(row(grid, "run 000").get_by_role("img", name="Course of val/acc")).to_be_attached()
    page.reload()
    expect(grid.get_by_role("columnheader", name="lr").last).to_be_attached()
    width = grid.get_by_role("separator", name="Width of Name")
    before = int(width.get_attribute("aria-valuenow") or 0)
    width.focus()
    page.keyboard.press("ArrowRight")
    expect(width).to_have_attribute("aria-valuenow", str(before + 16))
    expect(page).to_have_url(re.compile("widths="))


def test_groups_tell_mean_and_deviation(page: Page, platform: RunningPlatform, project: str) -> None:
    grid = open_table(page, platform, project, where='"baseline" in tags', group="config.seed")
    zero = grid.get_by_role("row").filter(has=page.get_by_role("button", name="0", exact=True))
    expect(zero).to_contain_text("(2)")  # runs 0 and 2
    expect(zero).to_contain_text("0.6667 ± 0.47")  # of 1 and 1/3
    page.get_by_role("button", name="0", exact=True).click()
    expect(grid.get_by_role("link", name="run 000")).to_have_count(0)
    expect(grid.get_by_role("link", name="run 001")).to_be_visible()


def test_many_are_tagged_archived_and_deleted_and_all_of_it_undone(
    page: Page, platform: RunningPlatform, project: str
) -> None:
    grid = open_table(page, platform, project, where='name =~ "run 01[0-4]"')
    expect(page.get_by_text("5 trainings", exact=True)).to_be_visible()
    for key in "jxjj":  # 014, then 012
        page.keyboard.press(key)
    page.keyboard.press("x")
    row(grid, "run 010").get_by_role("checkbox").click(modifiers=["Shift"])  # from 012 to 010
    expect(page.get_by_text("4 chosen")).to_be_visible()
    numbers = [
        item["number"] for item in platform.get("/trainings", project=project, where='name =~ "run 01[0-24]"')["items"]
    ]
    compare = page.get_by_role("link", name="Compare", exact=True)
    expect(compare).to_have_attribute("href", f"/compare?trainings={','.join(map(str, sorted(numbers)))}")

    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_role("combobox", name="Add tags").fill("good")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Apply to 4 trainings").click()
    expect(row(grid, "run 014")).to_contain_text("good")
    expect(page.get_by_text("Tags of 4 trainings changed")).to_be_visible()
    assert _count(platform, project, '"good" in tags') == 4
    page.get_by_role("button", name="Undo").click()
    expect(row(grid, "run 014")).not_to_contain_text("good")
    expect(page.get_by_text("Undone for 4 trainings")).to_be_visible()
    assert _count(platform, project, '"good" in tags') == 0

    page.get_by_role("button", name="Archive", exact=True).click()
    expect(grid.get_by_role("link")).to_have_text(["run 013"])
    expect(page.get_by_text("4 trainings archived")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(grid.get_by_role("link")).to_have_count(5)

    row(grid, "run 011").get_by_role("checkbox").check()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(grid.get_by_role("link")).to_have_count(4)
    page.get_by_text("Trash", exact=True).click()
    expect(grid.get_by_role("link")).to_have_text(["run 011"])
    row(grid, "run 011").get_by_role("checkbox").check()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.get_by_text("1 training restored")).to_be_visible()
    assert _count(platform, project, 'name == "run 011"') == 1


def _count(platform: RunningPlatform, project: str, where: str) -> int:
    return len(platform.get("/trainings", project=project, where=where, limit=500)["items"])


def test_new_rows_wait_while_the_pointer_is_in_the_table(page: Page, platform: RunningPlatform, project: str) -> None:
    grid = open_table(page, platform, project, where='name =~ "live" or name == "run 001"')
    expect(grid.get_by_role("link")).to_have_text(["run 001"])
    page.mouse.move(5, 5)
    first = Writer(platform, project=project, name="live one")
    expect(grid.get_by_role("link")).to_have_text(["live one", "run 001"])  # by itself
    grid.hover()
    Writer(platform, project=project, name="live two")
    chip = page.get_by_role("button", name="1 new")
    expect(chip).to_be_visible()
    assert names(grid) == ["live one", "run 001"], "nothing moves under the pointer"
    first.finish()
    expect(row(grid, "live one")).to_contain_text("finished")  # values do not wait
    chip.click()
    expect(grid.get_by_role("link")).to_have_text(["live two", "live one", "run 001"])


def test_views_are_saved_and_opened(page: Page, platform: RunningPlatform, project: str) -> None:
    grid = open_table(page, platform, project, where='"baseline" in tags')
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save this view").click()
    page.get_by_role("textbox", name="Name").fill("The baselines")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Clear the filter").click()
    expect(grid.get_by_role("link").first).to_have_text(re.compile("run 105|live"))
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="The baselines").click()
    expect(grid.get_by_role("link")).to_have_text(["run 002", "run 001", "run 000"])


def test_a_platform_without_trainings_shows_the_first_steps(own_platform: RunningPlatform, page: Page) -> None:
    enter(page, own_platform, "/trainings")
    expect(page.locator("main")).to_contain_text(f"pavi login --server {own_platform.url}")
    Writer(own_platform, project="digits", name="the first")
    expect(page.get_by_role("grid").get_by_role("link", name="the first")).to_be_visible()
