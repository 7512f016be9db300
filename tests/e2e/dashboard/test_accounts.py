"""Signing in, tokens, first steps, projects and members, the palette and keys, and a server that goes away."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.client_sdk.by_hand import Writer, post
from tests.e2e.dashboard.conftest import answer, enter
from tests.platform import PASSWORD, RunningPlatform

pytestmark = pytest.mark.slow


def test_a_deep_link_survives_signing_in(platform: RunningPlatform, page: Page) -> None:
    enter(page, platform, "/projects?archived=true")
    page.wait_for_url(f"{platform.url}/app/projects?archived=true")
    expect(page).to_have_title("Projects · Pavi")


def test_a_wrong_password_is_told_and_nothing_typed_is_lost(
    platform: RunningPlatform, page: Page, refusals: set[str]
) -> None:
    refusals.update({"400", "403"})
    page.goto(f"{platform.url}/app/login")
    page.locator("input[autocomplete=username]").fill("ada")
    page.locator("input[autocomplete=current-password]").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("input[autocomplete=username]")).to_have_value("ada")


def test_a_token_is_shown_once_works_and_ends_when_revoked(platform: RunningPlatform, page: Page) -> None:
    name = f"gpu-{uuid.uuid4().hex[:6]}"
    enter(page, platform, "/settings/tokens")
    page.get_by_label("For which machine").fill(name)
    page.get_by_label("Valid for").select_option("30")
    page.get_by_role("button", name="Make token").click()
    token = page.get_by_label("Token", exact=True).inner_text().strip()
    me = platform.session(token).get(f"{platform.url}/api/v1/me", timeout=30)
    assert me.json()["username"] == "ada"
    row = page.get_by_role("row", name=name)
    expect(row).to_contain_text(token[:8])
    page.reload()
    expect(row).not_to_contain_text("never", use_inner_text=True, ignore_case=True)  # used above, and it expires
    expect(page.get_by_text(token)).to_have_count(0)
    row.get_by_role("button", name="Revoke").click()
    answer(page, "Revoke")
    expect(row).to_have_count(0)
    assert platform.session(token).get(f"{platform.url}/api/v1/me", timeout=30).status_code == 401


def test_first_steps_carry_a_token_and_see_the_first_training(platform: RunningPlatform, page: Page) -> None:
    name = f"new-{uuid.uuid4().hex[:8]}"
    platform.new_user(name)
    enter(page, platform, "/start", name=name)
    lines = page.get_by_label("1. Install and log in").locator("pre")
    expect(lines).to_contain_text(f"pavi login --server {platform.url}")
    page.get_by_role("button", name="Make a token").click()
    expect(lines).to_contain_text("--token pavi_")
    token = lines.inner_text().split("--token ")[1].strip()
    expect(page.get_by_text("Waiting for the first training")).to_be_visible()
    Writer(platform, token=token, name="first", project="mine")
    expect(page.get_by_text("The first training is here.")).to_be_visible()


def test_a_project_is_made_shared_renamed_and_archived(platform: RunningPlatform, page: Page) -> None:
    name = f"lab-{uuid.uuid4().hex[:8]}"
    enter(page, platform, "/projects")
    page.get_by_role("button", name="New project").click()
    answer(page, "Create", name=name, visibility="shared", description="Night vision")
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    page.get_by_role("textbox", name="Name", exact=True).fill(f"{name}-2")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=f"{name}-2", level=1)).to_be_visible()
    expect(page).to_have_title(f"{name}-2 · Pavi")
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_role("button", name="Take out of the archive")).to_be_visible()
    page.get_by_role("link", name="Projects", exact=True).click()
    row = page.get_by_role("row", name=f"{name}-2")
    expect(page.get_by_label("Show archived")).to_be_visible()
    expect(row).to_have_count(0)
    page.get_by_label("Show archived").check()
    expect(row).to_contain_text("shared")


def test_members_get_roles_and_a_reader_is_not_offered_to_rule(
    platform: RunningPlatform, page: Page, refusals: set[str]
) -> None:
    refusals.update({"400", "404", "422"})
    reader = f"reader-{uuid.uuid4().hex[:8]}"
    platform.new_user(reader)
    project = post(platform, "projects", {"name": f"team-{uuid.uuid4().hex[:8]}"})
    enter(page, platform, f"/projects/{project['id']}")
    page.get_by_label("User name").fill("nobody-at-all")
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("User name").fill(reader)
    page.get_by_role("form", name="Add member").get_by_label("Role").select_option("viewer")
    page.get_by_role("button", name="Add member").click()
    expect(page.get_by_role("row", name=reader)).to_be_visible()
    page.get_by_label(f"Role of {reader}").select_option("member")
    page.reload()
    expect(page.get_by_label(f"Role of {reader}")).to_have_value("member")
    page.get_by_label(f"Role of {reader}").select_option("viewer")
    # As the reader: what owners do is not there, but leaving is.
    page.context.clear_cookies()
    enter(page, platform, f"/projects/{project['id']}", name=reader)
    expect(page.get_by_role("row", name=reader)).to_contain_text("viewer")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.get_by_role("button", name="Add member")).to_have_count(0)
    page.get_by_role("button", name="Leave the project").click()
    answer(page, "Leave")
    page.wait_for_url(f"{platform.url}/app/projects")
    expect(page.get_by_role("row", name=project["name"])).to_have_count(0)


def test_the_palette_finds_trainings_projects_and_pages(platform: RunningPlatform, page: Page) -> None:
    mark = uuid.uuid4().hex[:8]
    writer = Writer(platform, name=f"Night (v1) {mark}", project=f"sky-{mark}")
    enter(page, platform, "/settings/profile")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Command palette")
    expect(field).to_be_focused()
    field.fill(f"night (V1) {mark}")
    expect(page.get_by_role("option", name=re.compile(mark))).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{platform.url}/app/trainings/{writer.training['number']}")
    expect(page).to_have_title(f"Night (v1) {mark} · Pavi")
    # The breadcrumb names the project, and is the way to another.
    expect(page.get_by_role("navigation", name="Where you are")).to_contain_text(f"sky-{mark}")
    page.keyboard.press("Control+k")
    field.fill("tokens")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{platform.url}/app/settings/tokens")
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)


def test_keys_go_to_places_and_are_explained(platform: RunningPlatform, page: Page) -> None:
    enter(page, platform, "/projects")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Open the command palette")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url(f"{platform.url}/app/models")
    expect(page.locator("main#main")).to_be_focused()
    # In a field they are letters.
    page.goto(f"{platform.url}/app/settings/tokens")
    page.get_by_label("For which machine").press_sequentially("gp?")
    expect(page.get_by_label("For which machine")).to_have_value("gp?")


def test_language_and_colours_are_kept(platform: RunningPlatform, page: Page) -> None:
    enter(page, platform, "/settings/profile")
    page.get_by_text("dark", exact=True).click()
    page.get_by_label("Language", exact=True).and_(page.locator("select")).select_option("zh")
    expect(page.get_by_role("heading", name="个人资料")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="个人资料")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_an_ended_session_keeps_the_page_and_asks_to_sign_in(
    platform: RunningPlatform, page: Page, refusals: set[str]
) -> None:
    refusals.add("403")
    name = f"kept-{uuid.uuid4().hex[:8]}"
    post(platform, "projects", {"name": name})
    enter(page, platform, "/projects")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    page.context.clear_cookies(name="pavi_session")
    page.get_by_role("link", name="Models").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[autocomplete=username]").fill("ada")
    dialog.locator("input[autocomplete=current-password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(f"{platform.url}/app/models")
    expect(page.get_by_role("tree").get_by_role("link", name=name)).to_be_visible()


def test_a_silent_server_is_told_and_caught_up_with(platform: RunningPlatform, page: Page, refusals: set[str]) -> None:
    refusals.add("net::ERR")
    name = f"later-{uuid.uuid4().hex[:8]}"
    enter(page, platform, "/projects")
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    page.context.set_offline(True)
    banner = page.get_by_text("The server has not answered since")
    expect(banner).to_be_visible()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()
    post(platform, "projects", {"name": name})
    page.context.set_offline(False)
    expect(banner).to_have_count(0)
    expect(page.get_by_role("row", name=name)).to_be_visible()
