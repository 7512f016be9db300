"""The dashboard's bars in headless Chromium: a compare of a hundred trainings, from its address to the last chart, and
frames while the pointer moves over it. Brings its own trainings; needs `frontend/dist` and a Chromium on PATH."""

import itertools
import shutil
import statistics
import sys
import tempfile
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import requests

from bench import figures
from bench.context import Context, Measured, pick
from pavi.protocol import JOURNAL_MEDIA_TYPE, NUMPY_DTYPE, POINT, pack_tag
from tests.platform import PASSWORD, RunningPlatform, platform, prepare

TRAININGS, CHARTS, STEPS = 100, 12, 10_000
_VIEWPORT = {"width": 1920, "height": 1320}
"""Holds the twelve charts at once."""
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
_FLAGS += ["--disable-background-networking", "--disable-component-update", "--js-flags=--expose-gc"]

_PAINTED = """async charts => {
  const drawn = () => {
    const panels = [...document.querySelectorAll("section[data-tag]")];
    return panels.length >= charts && panels.every(one => one.querySelector("canvas") && !one.dataset.fetching);
  };
  while (!drawn()) await new Promise(done => setTimeout(done, 20));
  await new Promise(requestAnimationFrame);
  return performance.now();
}"""
"""Milliseconds from the beginning of the navigation to the frame that shows the last chart, by the browser's clock."""
_FRAMES = """async seconds => {
  const times = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) times.push(await new Promise(requestAnimationFrame));
  return times;
}"""


def run(context: Context) -> Measured:
    """Measures on the context's platform; the bars are ``dashboard.paint`` (s) and ``dashboard.hover`` (frames/s)."""
    numbers = fill(context.platform)
    with page(context.platform) as tab:
        paints = [paint(tab, context.platform, numbers) for _ in range(pick(5, 2))]
        frames, worst = hover(tab, pick(6.0, 2.0))
    details = {"trainings": TRAININGS, "charts": CHARTS, "steps": STEPS, "slowest_frame_ms": worst}
    return Measured({"dashboard.paint": figures.of(paints), "dashboard.hover": figures.single(frames)}, details)


def fill(running: RunningPlatform) -> list[int]:
    """A hundred trainings with twelve metrics each; returns their numbers."""
    session = running.session()
    return [_training(running, session, index) for index in range(TRAININGS)]


def _training(running: RunningPlatform, session: requests.Session, index: int) -> int:
    training, writer = str(uuid.uuid4()), str(uuid.uuid4())
    opening = {"type": "open", "protocol": 1, "training": training, "project": "bench-dashboard"}
    opening |= {"name": f"seed-{index}", "time": time.time()}
    api = f"{running.url}/api/v1"
    answer = session.put(f"{api}/writers/{writer}", json=opening, timeout=60)
    answer.raise_for_status()
    random = np.random.default_rng(index)
    slots = np.zeros(STEPS * CHARTS, NUMPY_DTYPE)
    slots["tag"], slots["flags"] = np.tile(np.arange(CHARTS), STEPS), POINT
    slots["step"] = np.repeat(np.arange(STEPS), CHARTS)
    slots["time"] = np.repeat(time.time() + np.cumsum(random.gamma(4.0, 0.0125, STEPS)), CHARTS)
    decay = np.exp(-np.arange(STEPS) / random.uniform(1_000, 5_000)) + random.uniform(0, 0.5)
    slots["value"] = (np.repeat(decay, CHARTS) + random.normal(0, 0.03, len(slots))).astype(np.float32)
    body = b"".join(pack_tag(tag, f"train/metric_{tag}", 0.0) for tag in range(CHARTS)) + slots.tobytes()
    headers = {"Content-Type": JOURNAL_MEDIA_TYPE, "Content-Encoding": "deflate"}
    address = f"{api}/ingest/{answer.json()['training']['id']}/{writer}?seq=0"
    session.post(address, data=zlib.compress(body, 1), headers=headers, timeout=120).raise_for_status()
    return int(answer.json()["training"]["number"])


@contextmanager
def page(running: RunningPlatform) -> Iterator[Any]:
    """A signed-in tab of a fresh Chromium."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        tab = browser.new_page(viewport=_VIEWPORT)
        tab.set_default_timeout(120_000)
        tab.goto(f"{running.url}/app/login")
        tab.fill("input[autocomplete=username]", "ada")
        tab.fill("input[type=password]", PASSWORD)
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/trainings*")
        yield tab
        browser.close()


def paint(tab: Any, running: RunningPlatform, numbers: list[int]) -> float:
    """Seconds from opening the address to the frame that shows the twelfth chart."""
    tab.goto("about:blank")
    tab.goto(f"{running.url}/app/compare?t={','.join(map(str, numbers))}", wait_until="commit")
    return float(tab.evaluate(_PAINTED, CHARTS)) / 1_000


def hover(tab: Any, seconds: float) -> tuple[float, float]:
    """Frames a second while the pointer moves over a chart, and the slowest frame in ms."""
    box = tab.locator("section[data-tag] .u-over").first.bounding_box()
    tab.evaluate(f"() => {{ window.frames_ = ({_FRAMES})({seconds}) }}")
    end, turn = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        share = abs((turn % 200) / 100 - 1)
        tab.mouse.move(box["x"] + 4 + share * (box["width"] - 8), box["y"] + (0.2 + 0.6 * share) * box["height"])
        turn += 1
    stamps = tab.evaluate("() => window.frames_")
    gaps = [later - earlier for earlier, later in itertools.pairwise(stamps)]
    return 1_000 / statistics.mean(gaps), max(gaps)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, platform(prepare(Path(folder) / "data")) as own:
        measured = run(Context(Path(folder), own))
        json_lines = {key: figure.as_dict() for key, figure in measured.figures.items()}
        sys.stdout.write(f"{json_lines}\n{measured.details}\n")
