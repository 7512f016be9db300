"""A training's page: what is stored of it, what people change, its console, snapshots and lineage, and what they that
may only read see."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.dashboard.conftest import answer, enter
from tests.platform import RunningPlatform

pytestmark = pytest.mark.slow

LINES = 1500
LOOP = r"""
import os, sys, time
import pavi
name, steps, until = sys.argv[1], int(sys.argv[2]), sys.argv[3]
config = {"optimizer": {"type": "SGD", "lr": 0.0123456}, "train-pipeline": [{"type": "Resize"}], "max_iters": steps}
with pavi.init(project="page", name=name, config=config, tags=["first"], git=False) as training:
    for step in range(steps):
        training.log({"train/loss": 1 / (step + 1), "val/acc": step / steps}, step=step)
        print(f"\x1b[32mINFO\x1b[0m step {step} of <b>{steps}</b>")
        if step % 500 == 7:
            print("\x1b[31mneedle\x1b[0m in the hay", file=sys.stderr)
            with open(f"weights-{step}.bin", "wb") as file:
                file.write(b"w" * (1000 + step))
            training.add_snapshot_file("weights", file.name, step)
    while until and not os.path.exists(until):
        step += 1
        training.log({"train/loss": 0.0}, step=step)
        print(f"waiting {step}")
        time.sleep(0.2)
    training.summary["best"] = 0.987654321
"""


def start(platform: RunningPlatform, folder: Path, name: str, steps: int, until: str = "") -> subprocess.Popen[bytes]:
    environment = platform.environment(folder / "journals")
    command = [sys.executable, "-c", LOOP, name, str(steps), until]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)


def number_of(platform: RunningPlatform, name: str) -> int:
    (found,) = platform.get("/trainings", where=f'name == "{name}"')["items"]
    return int(found["number"])


@pytest.fixture(scope="module")
def finished(platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> int:
    """The number of a training with a long console and three snapshots."""
    process = start(platform, tmp_path_factory.mktemp("finished"), "finished", LINES)
    assert process.wait(120) == 0
    return number_of(platform, "finished")


def test_the_overview_tells_and_finds_what_was_given(platform: RunningPlatform, page: Page, finished: int) -> None:
    enter(page, platform, f"/trainings/{finished}?tab=overview")
    expect(page).to_have_title("finished · Pavi")
    expect(page.get_by_role("region", name="State")).to_contain_text(f"{LINES:,} / {LINES:,} iterations · 100 %")
    best = page.get_by_role("region", name="Summary").get_by_text("0.9877")
    expect(best).to_have_attribute("title", "0.987654321")
    rows = page.locator("[data-path]")
    expect(rows.filter(has_text="0.01235")).to_have_count(1)
    page.get_by_label("Search names and values").fill("resize")
    expect(rows).to_have_count(3)
    expect(rows.last).to_have_attribute("data-path", 'config["train-pipeline"].0.type')
    page.get_by_label("Search packages").fill("playwright")
    expect(page.get_by_role("region", name="Packages").get_by_role("listitem").first).to_contain_text("playwright")
    expect(page.get_by_role("region", name="Processes")).to_contain_text("pavi-sdk")


def test_a_name_tags_and_notes_are_changed_where_they_stand(
    platform: RunningPlatform, page: Page, tmp_path: Path
) -> None:
    assert start(platform, tmp_path, "changed", 10).wait(60) == 0
    number = number_of(platform, "changed")
    enter(page, platform, f"/trainings/{number}?tab=overview")
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name", exact=True).fill("better name")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("better name")
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Add a tag").fill("second")
    page.keyboard.press("Enter")
    tags = page.get_by_role("group", name="Tags")
    expect(tags).to_contain_text("second")
    page.get_by_role("button", name="Remove the tag first").click()
    expect(tags).not_to_contain_text("first")
    page.get_by_role("button", name="Edit notes").click()
    page.get_by_label("Notes").get_by_role("textbox").fill("# Plan\n\n**bold** <img src=x onerror=alert(1)>")
    page.keyboard.press("Control+Enter")
    notes = page.get_by_role("region", name="Notes")
    expect(notes.locator("strong")).to_have_text("bold")
    expect(notes).to_contain_text("<img src=x onerror=alert(1)>")
    expect(notes.locator("img")).to_have_count(0)
    stored = platform.get(f"/trainings/{number}")
    assert (stored["name"], stored["tags"]) == ("better name", ["second"])
    assert stored["notes"].startswith("# Plan")

    actions = page.get_by_role("button", name="Actions on this training")
    actions.click()
    page.get_by_role("menuitem", name="Archive").click()
    expect(page.locator("header", has=page.get_by_role("heading", level=1))).to_contain_text("archived")
    actions.click()
    page.get_by_role("menuitem", name="Move to the trash").click()
    expect(page.get_by_text("In the trash since")).to_be_visible()
    assert platform.get(f"/trainings/{number}")["deleted_at"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("In the trash since")).to_have_count(0)
    assert platform.get(f"/trainings/{number}")["deleted_at"] is None


def test_the_console_is_coloured_searched_filtered_and_linked(
    platform: RunningPlatform, page: Page, finished: int
) -> None:
    # Both streams are stored in blocks of a second: the server tells which line is where.
    (line,) = platform.get(f"/trainings/{finished}/console", **{"from": 699, "limit": 1})["items"]
    text = re.sub(r"\x1b\[\d*m", "", line["text"])
    finds = [one["number"] for one in platform.get(f"/trainings/{finished}/console", search="needle")["items"]]
    enter(page, platform, f"/trainings/{finished}?tab=console&line=700")
    console = page.get_by_role("region", name="Console").locator("[data-index]")
    wanted = page.locator("[data-current]")
    expect(wanted).to_contain_text(text)
    expect(wanted).to_be_in_viewport()
    info = wanted.get_by_text("INFO")
    assert info.evaluate("element => getComputedStyle(element).color") != wanted.evaluate(
        "element => getComputedStyle(element).color"
    )
    search = page.get_by_label("Search the console")
    state = page.get_by_role("search").get_by_role("status")
    search.fill("NEEDLE")
    first = next((place for place, number in enumerate(finds) if number > 699), 0)
    expect(state).to_have_text(f"{first + 1} / 3")  # the next one from here
    expect(wanted.locator("mark")).to_have_text("needle")
    search.press("Enter")
    expect(state).to_have_text(f"{(first + 1) % 3 + 1} / 3")
    search.press("Shift+Enter")
    expect(state).to_have_text(f"{first + 1} / 3")
    for _ in range(3):
        search.press("Enter")  # round, and back to where it was
    expect(state).to_have_text(f"{first + 1} / 3")
    expect(page).to_have_url(re.compile(r"find=NEEDLE"))
    page.get_by_text("stderr", exact=True).click()
    expect(console).to_have_count(3)
    page.get_by_text("Both", exact=True).click()
    page.get_by_label("Wrap lines").check(force=True)
    page.get_by_label("Go to line").fill("1")
    page.get_by_label("Go to line").press("Enter")
    expect(page).to_have_url(re.compile(r"line=1(&|$)"))
    expect(wanted.get_by_role("button")).to_have_text("1")
    expect(wanted).to_be_in_viewport()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert len(lines) == LINES + 3
    assert f"\x1b[32mINFO\x1b[0m step 0 of <b>{LINES}</b>" in lines


def test_a_running_training_is_followed_to_its_end(platform: RunningPlatform, page: Page, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    process = start(platform, tmp_path, "followed", 100, str(stop))
    try:
        enter(page, platform, "/trainings")
        page.get_by_role("link", name="followed").first.click()
        page.get_by_role("tab", name="Console").click()
        header = page.locator("header", has=page.get_by_role("heading", level=1))
        expect(header).to_contain_text("running")
        last = page.locator("[data-following] [data-index]").last
        expect(last).to_contain_text("waiting")
        before = int(last.inner_text().split()[-1])
        expect(page.get_by_text(f"waiting {before + 10}", exact=True)).to_be_in_viewport()
        stop.touch()
        assert process.wait(60) == 0
        expect(header).to_contain_text("finished")
    finally:
        process.kill()
        process.wait()
    page.get_by_role("tab", name="Overview").click()
    expect(page.get_by_role("region", name="Summary")).to_contain_text("0.9877")
    page.go_back()
    expect(page.get_by_role("tab", name="Console")).to_have_attribute("aria-selected", "true")


def test_a_snapshot_is_pinned_promoted_traced_and_deleted(platform: RunningPlatform, page: Page, finished: int) -> None:
    enter(page, platform, f"/trainings/{finished}?tab=snapshots")
    rows = page.locator("[data-snapshot]")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("weights-1007.bin")
    page.get_by_role("button", name="val/acc").click()
    page.get_by_role("button", name="val/acc").click()
    expect(rows.first).to_contain_text("weights-7.bin")  # the worst
    with page.expect_download() as download:
        rows.first.get_by_role("link", name="weights-7.bin").click()
    assert Path(download.value.path()).read_bytes() == b"w" * 1007

    def act(name: str, what: str) -> None:
        page.get_by_role("button", name=f"Actions on {name}").click()
        page.get_by_role("menuitem", name=what).click()

    act("weights-7.bin", "Pin")
    expect(rows.first.get_by_role("img", name="Pinned")).to_be_visible()
    page.get_by_role("button", name="Rules…").click()
    answer(page, "Save", last="5", count="2", metric="val/acc", mode="max")
    expect(page.get_by_text("kept: the last 5 · kept: the 2 best by val/acc (max)")).to_be_visible()
    act("weights-1007.bin", "Promote to a model")
    answer(page, "Promote", path="page/net", alias="candidate", comment="the best")
    expect(page.get_by_role("status").get_by_role("link", name="page/net@v1")).to_be_visible()
    act("weights-507.bin", "Delete")
    answer(page, "Delete")
    expect(rows).to_have_count(2)

    page.get_by_role("tab", name="Lineage").click()
    tree = page.get_by_role("list", name="Lineage")
    expect(tree).to_contain_text("weights-1007.bin")
    expect(tree).to_contain_text("@candidate")
    tree.get_by_role("link", name="page/net v1").click()
    expect(page).to_have_url(f"{platform.url}/app/models/page/net")


def test_who_may_only_read_is_offered_nothing_to_change(platform: RunningPlatform, page: Page, finished: int) -> None:
    platform.new_user("reader")
    project = platform.get(f"/trainings/{finished}")["project"]["id"]
    members = f"{platform.url}/api/v1/projects/{project}/members"
    body = {"username": "reader", "role": "viewer"}
    platform.session().put(members, json=body, timeout=30).raise_for_status()
    enter(page, platform, f"/trainings/{finished}?tab=overview", name="reader")
    expect(page.get_by_role("region", name="Summary")).to_contain_text("0.9877")
    for name in ("Rename", "Add a tag", "Edit notes", "Remove the tag first"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.get_by_role("button", name="Actions on this training").click()
    expect(page.get_by_role("menuitem")).to_have_count(2)  # copy its id, copy the link
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Snapshots").click()
    page.get_by_role("button", name="Actions on weights-7.bin").click()
    expect(page.get_by_role("menuitem", name="Download")).to_be_visible()
    expect(page.get_by_role("menuitem", name=re.compile("Pin|Delete"))).to_have_count(0)
    expect(page.get_by_role("button", name="Rules…")).to_have_count(0)


def test_system_metrics_stand_on_the_time_that_scalars_can_have(
    platform: RunningPlatform, page: Page, finished: int
) -> None:
    enter(page, platform, f"/trainings/{finished}?tab=system&tags=nothing")
    axis = page.get_by_role("radiogroup", name="Horizontal axis")
    expect(axis.get_by_role("radio", name="Relative")).to_be_checked()
    page.goto(f"{platform.url}/app/trainings/{finished}?tab=system&x=time")
    expect(axis.get_by_role("radio", name="Wall time")).to_be_checked()
