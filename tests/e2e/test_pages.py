"""What a person sees: signing in, the first steps, a training that grows while one watches, a compare."""

import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.platform import RunningPlatform

pytestmark = pytest.mark.slow

LOOP = """
import math, sys, time
import pavi
name, lr, steps, pause = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
config = {"optimizer": {"lr": lr, "momentum": 0.9}, "max_iters": steps}
with pavi.init(project="e2e", name=name, config=config, system_metrics=False, git=False) as training:
    for step in range(steps):
        loss = math.exp(-lr * step) + 0.01 * math.sin(step)
        training.log({"train/loss": loss, "val/acc": 1 - 0.9 ** step}, step=step)
        if step % 10 == 0:
            print(f"step {step} of <b>{steps}</b>")
        time.sleep(pause)
"""


@pytest.fixture
def train(platform: RunningPlatform, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *, lr: float = 0.1, steps: int = 50, pause: float = 0.0) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", LOOP, name, str(lr), str(steps), str(pause)]
        environment = platform.environment(tmp_path / "journals")
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=tmp_path))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def number_of(platform: RunningPlatform, name: str) -> int:
    items = platform.get("/trainings", where=f'name == "{name}"')["items"]
    assert len(items) == 1
    return int(items[0]["number"])


def test_sign_in_and_first_steps(own_platform: RunningPlatform, page: Page) -> None:
    page.goto(f"{own_platform.url}/trainings/1")
    expect(page).to_have_url(re.compile(r"/login\?next=%2Ftrainings%2F1$"))
    page.fill("input[name=username]", "ada")
    page.fill("input[name=password]", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("password")
    sign_in(page, own_platform)
    expect(page.locator("main")).to_contain_text(f"pavi login --server {own_platform.url}")
    expect(page.locator("main")).to_contain_text("pavi.init(")


def test_a_training_grows_while_one_watches(
    platform: RunningPlatform, page: Page, train: Callable[..., subprocess.Popen[bytes]]
) -> None:
    process = train("growing", steps=300, pause=0.05)
    sign_in(page, platform)
    link = page.get_by_role("link", name="growing")
    expect(link).to_be_visible()  # the list finds it by itself
    link.click()
    chart = page.locator("[data-tag='train/loss']")
    expect(chart).to_contain_text(re.compile(r"\d+ of \d+ points"))
    before = int(re.findall(r"of ([\d,]+) points", chart.inner_text())[0].replace(",", ""))
    page.wait_for_function(
        "before => Number(/of ([\\d,]+) points/.exec(document.querySelector(\"[data-tag='train/loss']\").innerText)[1]"
        ".replace(',', '')) >= before + 20",
        arg=before,
    )
    expect(page.locator("h1 + *")).to_contain_text("running")
    assert process.wait(60) == 0
    expect(page.locator("h1 + *")).to_contain_text("finished")
    expect(chart).to_contain_text("300 points")
    # What a training prints is text, never markup.
    expect(page.locator("#console")).to_contain_text("step 290 of <b>300</b>")


def test_compare(platform: RunningPlatform, page: Page, train: Callable[..., subprocess.Popen[bytes]]) -> None:
    for process in (train("fast", lr=0.5), train("slow", lr=0.05)):
        assert process.wait(60) == 0
    sign_in(page, platform)
    for name in ("fast", "slow"):
        page.locator("tr", has=page.get_by_role("link", name=name)).get_by_role("checkbox").check()
    page.get_by_role("link", name="Compare 2").click()
    expect(page).to_have_url(re.compile(r"/compare\?trainings="))
    for tag in ("train/loss", "val/acc"):
        expect(page.locator(f"[data-tag='{tag}']")).to_contain_text("of 100 points")
        expect(page.locator(f"[data-tag='{tag}'] canvas").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("optimizer.lr")
    expect(page.locator("main")).not_to_contain_text("optimizer.momentum")  # the same in both
    page.reload()
    expect(page.locator("[data-tag='train/loss']")).to_contain_text("of 100 points")


def test_strangers_see_nothing(
    platform: RunningPlatform, page: Page, train: Callable[..., subprocess.Popen[bytes]]
) -> None:
    assert train("private").wait(60) == 0
    number = number_of(platform, "private")
    stranger = f"stranger-{uuid.uuid4().hex[:8]}"
    platform.new_user(stranger)
    sign_in(page, platform, stranger)
    expect(page.locator("main")).not_to_contain_text("private")
    answer = page.request.get(f"{platform.url}/trainings/{number}")
    assert answer.status == 404
