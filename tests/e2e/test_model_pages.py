"""From a checkpoint to a model in production, as a person does it; and what a reader is not offered."""

import json
import os
import pickle
import struct
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.client_sdk.by_hand import Writer
from tests.e2e.conftest import sign_in
from tests.platform import RunningPlatform

pytestmark = pytest.mark.slow


@pytest.fixture
def trained(platform: RunningPlatform) -> Writer:
    """A finished training with three checkpoints, in a project of its own."""
    writer = Writer(platform, name="trained", project=f"models-{uuid.uuid4().hex[:8]}")
    for iteration in (1, 2, 3):
        writer.points("val/acc", [(iteration, 1.0 + iteration, 0.5 + 0.1 * iteration)])
        writer.snapshot("resnet", iteration, f"epoch_{iteration}.pth", b"weights" * iteration)
    writer.finish()
    return writer


def fill(page: Page, act: str, **fields: str) -> None:
    """Answers the question that is open."""
    dialog = page.get_by_role("dialog")
    for name, value in fields.items():
        dialog.locator(f"[name={name}]").fill(value)
    dialog.get_by_role("button", name=act, exact=True).click()
    expect(dialog).to_have_count(0)


def open_training(page: Page, platform: RunningPlatform, writer: Writer) -> None:
    page.goto(f"{platform.url}/trainings/{writer.training['number']}")


def test_a_snapshot_is_promoted_and_put_into_production(platform: RunningPlatform, page: Page, trained: Writer) -> None:
    sign_in(page, platform)
    open_training(page, platform, trained)
    project = trained.training["project"].split("/")[-1]
    for name, alias in (("epoch_1.pth", "production"), ("epoch_3.pth", "candidate")):
        line = page.locator("#snapshots tr", has_text=name)
        line.get_by_role("button", name="promote").click()
        fill(page, "Promote", path=f"{project}/vision/resnet 18", alias=alias, comment=f"from {name}")
    page.get_by_role("status").get_by_role("link").first.click()
    versions = page.locator("#versions tbody tr")
    expect(versions).to_have_count(2)
    expect(versions.first).to_contain_text("candidate")
    expect(versions.last).to_contain_text("production")
    # The alias moves to the newer version, which gets a stage.
    versions.first.get_by_role("button", name="alias…").click()
    fill(page, "Set", alias="production", comment="better at night")
    expect(versions.first).to_contain_text("production")
    expect(versions.last).not_to_contain_text("production")
    versions.first.get_by_role("button", name="stage…").click()
    page.get_by_role("dialog").locator("[name=stage]").select_option("production")
    fill(page, "Set", comment="released")
    history = page.locator(".history li")
    expect(history.first).to_contain_text("set version 2 to production")
    expect(history.first).to_contain_text("released")
    expect(history.nth(1)).to_contain_text("from version 1 to version 2")
    expect(history.nth(1)).to_contain_text("better at night")
    # And the way back: where it comes from.
    versions.first.get_by_role("link", name="trained").click()
    expect(page.locator("h1")).to_have_text("trained")


def test_a_model_is_moved_trashed_and_restored(
    platform: RunningPlatform, page: Page, trained: Writer, refusals: set[str]
) -> None:
    refusals.add("400")
    sign_in(page, platform)
    project = trained.training["project"].split("/")[-1]
    page.goto(f"{platform.url}/models/{project}")
    page.get_by_role("button", name="New model").click()
    fill(page, "Make", name="first try")
    row = page.locator("#nodes tbody tr")
    expect(row).to_contain_text("first try")
    row.get_by_role("button", name="move…").click()
    fill(page, "Move", to=f"{project}/second try")
    expect(row).to_contain_text("second try")
    row.get_by_role("button", name="trash…").click()
    fill(page, "Move to trash")
    expect(page.locator("main")).to_contain_text("Nothing here so far")
    page.get_by_role("link", name="Trash").click()
    expect(page.locator("#trash")).to_contain_text("second try")
    page.get_by_role("button", name="restore…").click()
    fill(page, "Restore", to=f"{project}/third try")
    expect(page.locator("main")).to_contain_text("The trash is empty")
    page.get_by_role("link", name="Back to the folder").click()
    expect(row).to_contain_text("third try")
    # An objection of the server stands beside the question.
    page.get_by_role("button", name="New model").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[name=name]").fill("a/../b")
    dialog.get_by_role("button", name="Make").click()
    expect(dialog.get_by_role("alert")).to_be_visible()


def test_snapshots_are_pinned_deleted_and_kept_by_rules(platform: RunningPlatform, page: Page, trained: Writer) -> None:
    sign_in(page, platform)
    open_training(page, platform, trained)
    rows = page.locator("#snapshots tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("0.8")  # the accuracy at that step
    first = page.locator("#snapshots tr", has_text="epoch_1.pth")
    first.get_by_role("button", name="pin", exact=True).click()
    expect(first.get_by_role("button", name="unpin")).to_be_visible()
    page.locator("#snapshots tr", has_text="epoch_2.pth").get_by_role("button", name="delete…").click()
    fill(page, "Delete")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="rules…").click()
    fill(page, "Save", last="1")
    expect(page.locator("#snapshots")).to_contain_text("kept: the last 1")
    expect(first).to_be_visible()  # pinned
    page.get_by_role("button", name="rules…").click()
    page.get_by_role("dialog").locator("[name=scope]").select_option("project")
    fill(page, "Save", last="5")
    project = platform.get(f"/trainings/{trained.training['number']}")["project"]["id"]
    assert platform.get(f"/projects/{project}/snapshots/rules")["keep_last"] == 5


class Harmful:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.system, ("echo owned",)


def test_tensors_are_listed_and_programs_are_named(platform: RunningPlatform, page: Page, trained: Writer) -> None:
    header = {"conv.weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}
    text = json.dumps(header).encode()
    files = {
        "good.safetensors": struct.pack("<Q", len(text)) + text + bytes(24),
        "bad.pkl": pickle.dumps({"weight": Harmful()}),
    }
    project = trained.training["project"].split("/")[-1]
    for name, content in files.items():
        body = {"path": f"{project}/{name}", "sha256": trained.blob(content)}
        assert platform.session().post(f"{platform.url}/api/v1/modelcloud/files", json=body).ok
    sign_in(page, platform)
    page.goto(f"{platform.url}/models/{project}/good.safetensors")
    page.get_by_text("List them").click()
    expect(page.locator("#tensors tbody")).to_contain_text("conv.weight")
    expect(page.locator("#tensors tbody")).to_contain_text("2 × 3")
    page.goto(f"{platform.url}/models/{project}/bad.pkl")
    page.get_by_text("List them").click()
    expect(page.get_by_role("alert")).to_contain_text("system")


def test_a_reader_is_offered_nothing_to_change(platform: RunningPlatform, page: Page, trained: Writer) -> None:
    name = f"reader-{uuid.uuid4().hex[:8]}"
    platform.new_user(name)
    project = platform.get(f"/trainings/{trained.training['number']}")["project"]
    ada = platform.session()
    api = f"{platform.url}/api/v1"
    assert ada.put(f"{api}/projects/{project['id']}/members", json={"username": name, "role": "viewer"}).ok
    snapshot = platform.get(f"/trainings/{trained.training['number']}/snapshots")["items"][0]["id"]
    body = {"training": trained.training["id"], "snapshot": snapshot, "path": f"~ada/{project['name']}/resnet"}
    assert ada.post(f"{api}/modelcloud/promote", json=body).ok
    sign_in(page, platform, name)
    open_training(page, platform, trained)
    expect(page.locator("#snapshots tbody tr")).to_have_count(3)
    expect(page.locator("#snapshots button")).to_have_count(page.locator("#snapshots button[hidden]").count())
    page.goto(f"{platform.url}/models/~ada/{project['name']}")
    expect(page.locator("#nodes")).to_contain_text("resnet")
    expect(page.locator("#models button")).to_have_count(0)
    page.get_by_role("link", name="resnet").click()
    expect(page.locator("#versions tbody tr")).to_have_count(1)
    expect(page.locator("#models button")).to_have_count(0)
    expect(page.get_by_role("link", name="Download", exact=True)).to_be_visible()
