"""The ModelCloud in the dashboard: from an upload to production and the trash, and what a reader is not offered."""

import hashlib
import os
import pickle
import uuid
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.client_sdk.by_hand import Writer, post
from tests.e2e.dashboard.conftest import answer, enter
from tests.platform import RunningPlatform

pytestmark = pytest.mark.slow


class _Program:
    """What a hostile pickle holds: unpickling it would call ``os.system``."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("true",)


@pytest.fixture
def trained(platform: RunningPlatform) -> Writer:
    """A finished training with two checkpoints that became versions of a model, in a project of its own."""
    writer = Writer(platform, name="trained", project=f"zoo-{uuid.uuid4().hex[:8]}")
    for iteration in (1, 2):
        writer.snapshot("resnet", iteration, f"epoch_{iteration}.pth", b"weights" * iteration)
    writer.finish()
    number = writer.training["number"]
    for snapshot in sorted(platform.get(f"/trainings/{number}/snapshots")["items"], key=lambda one: one["iteration"]):
        post(
            platform,
            "modelcloud/promote",
            {"training": str(number), "snapshot": snapshot["id"], "path": f"{project_of(writer)}/vision/net"},
        )
    return writer


def project_of(writer: Writer) -> str:
    project = writer.training["project"]
    return str(project["name"] if isinstance(project, dict) else project.split("/")[-1])


def act_on(page: Page, name: str, act: str) -> None:
    page.get_by_role("button", name=f"Actions on {name}").click()
    page.get_by_role("menuitem", name=act).click()


def test_an_alias_moves_and_the_history_tells_why(platform: RunningPlatform, page: Page, trained: Writer) -> None:
    enter(page, platform, f"/models/{project_of(trained)}/vision/net")
    newest, oldest = page.get_by_role("row", name="v2"), page.get_by_role("row", name="v1")
    act_on(page, "v1", "Set alias")
    answer(page, "Set", alias="best", comment="the first")
    expect(oldest).to_contain_text("best")
    act_on(page, "v2", "Set alias")
    answer(page, "Set", alias="best", comment="better at night")
    expect(newest).to_contain_text("best")
    expect(oldest).not_to_contain_text("best")
    act_on(page, "v2", "Set stage")
    answer(page, "Set", stage="production", comment="released")
    expect(newest).to_contain_text("production")
    newest.get_by_role("button", name="Take best away").click()
    answer(page, "Take away")
    expect(newest).not_to_contain_text("best")
    page.get_by_role("tab", name="History").click()
    history = page.get_by_role("tabpanel")
    expect(history).to_contain_text("ada took best away from version 2")
    expect(history).to_contain_text("ada set version 2 to production")
    expect(history).to_contain_text("ada moved best from version 1 to version 2")
    expect(history).to_contain_text("better at night")
    # The address holds the view, and every version links to where it comes from.
    page.reload()
    expect(history).to_contain_text("better at night")
    page.get_by_role("tab", name="Versions").click()
    newest.get_by_role("link", name="trained").click()
    page.wait_for_url(f"{platform.url}/app/trainings/{trained.training['number']}")


def test_the_tree_opens_by_keys_and_shows_where_one_is(platform: RunningPlatform, page: Page, trained: Writer) -> None:
    project = project_of(trained)
    enter(page, platform, f"/models/{project}/vision/net@v1")
    tree = page.get_by_role("tree")
    expect(tree.get_by_role("treeitem", name="net", selected=True)).to_be_visible()
    expect(page.get_by_text("version 1 of 2")).to_be_visible()
    tree.get_by_role("link", name=project).focus()
    page.keyboard.press("ArrowLeft")
    expect(tree.get_by_role("link", name="vision")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("link", name="vision")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("link", name="vision")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{platform.url}/app/models/{project}/vision")
    expect(page.get_by_role("table", name="Content").get_by_role("link", name="net")).to_be_visible()


def test_an_uploaded_pickle_arrives_whole_and_is_not_trusted(
    platform: RunningPlatform, page: Page, trained: Writer, tmp_path: Path, refusals: set[str]
) -> None:
    refusals.add("409")
    project = project_of(trained)
    file = tmp_path / "hostile & small.pkl"
    file.write_bytes(pickle.dumps({"hook": _Program(), "note": uuid.uuid4().hex}))
    enter(page, platform, f"/models/{project}/vision")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("menuitem", name="Upload a file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("dialog").get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("hostile & small.pkl")
    expect(page.get_by_text(f"pavi cp 'pavi://{project}/vision/hostile & small.pkl' .")).to_be_visible()  # to paste
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert Path(download.value.path()).read_bytes() == file.read_bytes()
    expect(page.get_by_role("row", name="v1")).to_contain_text(hashlib.sha256(file.read_bytes()).hexdigest()[:10])
    page.get_by_role("tab", name="Tensors").click()
    expect(page.get_by_role("alert")).to_contain_text(f"{os.name}.system")
    # The same name again is refused, until it is meant as a version.
    page.get_by_role("tree").get_by_role("link", name="vision").click()
    page.get_by_role("button", name="Add").click()
    page.get_by_role("menuitem", name="Upload a file").click()
    file.write_bytes(pickle.dumps({"hook": _Program(), "note": uuid.uuid4().hex}))
    page.locator("input[type=file]").set_input_files(file)
    upload = page.get_by_role("dialog").get_by_role("button", name="Upload", exact=True)
    upload.click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    page.get_by_label("Add a version").check()
    upload.click()
    expect(page.get_by_text("version 2 of 2")).to_be_visible()


def test_a_model_is_moved_trashed_restored_and_purged(platform: RunningPlatform, page: Page, trained: Writer) -> None:
    project = project_of(trained)
    enter(page, platform, f"/models/{project}/vision/net")
    page.get_by_role("button", name="Move or rename").click()
    answer(page, "Move", to=f"{project}/shelf/net 2")
    expect(page.get_by_role("heading", level=1)).to_contain_text("net 2")
    expect(page.get_by_role("row", name="v2")).to_be_visible()
    page.get_by_role("button", name="Move to trash").click()
    answer(page, "Move to trash")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Models / {project} / shelf")
    page.goto(f"{platform.url}/app/models/{project}?trash=true")
    row = page.get_by_role("row", name="shelf/net 2")
    row.get_by_role("button", name="Restore").click()
    answer(page, "Restore", to=f"{project}/vision/back")
    expect(page.get_by_text("The trash is empty.")).to_be_visible()
    page.goto(f"{platform.url}/app/models/{project}/vision/back")
    expect(page.get_by_text("version 2 of 2")).to_be_visible()
    page.get_by_role("button", name="Move to trash").click()
    answer(page, "Move to trash")
    page.goto(f"{platform.url}/app/models/{project}?trash=true")
    page.get_by_role("row", name="vision/back").get_by_role("button", name="Remove for good").click()
    answer(page, "Remove for good")
    expect(page.get_by_text("The trash is empty.")).to_be_visible()


def test_a_folder_is_made_and_the_quota_is_set(platform: RunningPlatform, page: Page, trained: Writer) -> None:
    project = project_of(trained)
    enter(page, platform, f"/models/{project}")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("menuitem", name="New folder").click()
    answer(page, "Create", name="heads")
    expect(page.get_by_role("table", name="Content")).to_contain_text("heads")
    expect(page.get_by_role("tree").get_by_role("link", name="heads")).to_be_visible()
    page.get_by_role("button", name="Change").click()
    answer(page, "Save", mebibytes="64")
    expect(page.get_by_text("of 64.0 MiB used")).to_be_visible()


def test_a_reader_reads_and_a_stranger_sees_nothing(
    platform: RunningPlatform, page: Page, trained: Writer, refusals: set[str]
) -> None:
    refusals.add("404")
    project = project_of(trained)
    projects = platform.get("/projects")["items"]
    scope = next(one["id"] for one in projects if one["name"] == project)
    name = f"reader-{uuid.uuid4().hex[:8]}"
    platform.new_user(name)
    enter(page, platform, f"/models/~ada/{project}/vision/net", name=name)
    expect(page.get_by_text("or it is not yours to see")).to_be_visible()
    platform.session().put(
        f"{platform.url}/api/v1/projects/{scope}/members", json={"username": name, "role": "viewer"}, timeout=30
    ).raise_for_status()
    page.reload()
    page.get_by_role("button", name="Actions on v2").click()
    expect(page.get_by_role("menuitem", name="Download")).to_be_visible()
    expect(page.get_by_role("menuitem")).to_have_count(1)
    expect(page.get_by_role("button", name="Move to trash")).to_have_count(0)
