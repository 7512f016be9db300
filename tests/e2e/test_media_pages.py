"""What a training logs beside scalars, as a person sees it: every kind, steps, tables, texts that stay texts."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.client_sdk.by_hand import Writer
from tests.e2e.conftest import sign_in
from tests.e2e.media_by_hand import MediaWriter, chain_graph, picture, write_everything
from tests.platform import RunningPlatform

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def everything(platform: RunningPlatform) -> MediaWriter:
    """A training that has something of every kind."""
    writer = write_everything(platform, "everything")
    writer.finish()
    return writer


def open_training(page: Page, platform: RunningPlatform, writer: Writer) -> None:
    sign_in(page, platform)
    page.goto(f"{platform.url}/trainings/{writer.training['number']}")


def panel(page: Page, kind: str, tag: str) -> Locator:
    """A panel, scrolled to, so that it loads."""
    found = page.locator(f".panel[data-kind='{kind}'][data-tag='{tag}']")
    found.scroll_into_view_if_needed()
    return found


def drawn(canvas: Locator) -> int:
    """How many pixels of a canvas have a colour; nothing is drawn at first."""
    expect(canvas).to_be_visible()
    count: int = canvas.evaluate(
        "async (canvas) => { const count = () => { if (!canvas.width) return 0; let found = 0;"
        " const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
        " for (let at = 3; at < data.length; at += 4) found += data[at] > 0; return found; };"
        " const end = performance.now() + 20000;"
        " while (count() < 500 && performance.now() < end) await new Promise(requestAnimationFrame); return count(); }"
    )
    return count


def test_every_kind_is_shown(platform: RunningPlatform, page: Page, everything: MediaWriter) -> None:
    open_training(page, platform, everything)
    for kind, tag in (("image", "val/sample"), ("figure", "val/confusion"), ("video", "val/rollout")):
        picture_of = panel(page, kind, tag).locator("img").first
        expect(picture_of).to_be_visible()
        picture_of.evaluate("(image) => image.decode()")  # fails unless the browser can show it
    expect(panel(page, "image", "val/digits").locator("img")).to_have_count(12)
    sound = panel(page, "audio", "val/voice").locator("audio")
    expect(sound).to_be_visible()
    page.wait_for_function("(audio) => audio.duration > 0.4", arg=sound.element_handle())
    for kind, tag in (
        ("histogram", "weights/conv1"),
        ("pr_curve", "val/pr"),
        ("embedding", "features"),
        ("mesh", "shape"),
    ):
        assert drawn(panel(page, kind, tag).locator("canvas")) > 500
    expect(panel(page, "histogram", "weights/conv1")).to_contain_text("4,000 values")
    expect(panel(page, "histogram", "weights/conv1")).to_contain_text("7 × NaN")
    charts = panel(page, "layout", "custom")
    expect(charts).to_contain_text("2 metrics")
    expect(charts.locator("canvas").first).to_be_visible()
    expect(panel(page, "text", "notes/tried").locator("ol > li")).to_have_count(2)
    expect(panel(page, "tensor", "attention")).to_contain_text("3 × 4")
    expect(panel(page, "graph", "model").locator(".box.scope").first).to_be_visible()
    expect(panel(page, "trace", "profile")).to_contain_text("worker0.pt.trace.json.gz")


def test_the_slider_changes_the_picture(platform: RunningPlatform, page: Page, everything: MediaWriter) -> None:
    open_training(page, platform, everything)
    sample = panel(page, "image", "val/sample")
    image = sample.locator("figure.picture").first
    expect(image).to_have_attribute("data-step", "300")
    newest = sample.locator("img").get_attribute("src")
    slider = sample.get_by_role("slider", name="Step of val/sample")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(image).to_have_attribute("data-step", "200")
    expect(sample).to_contain_text("prediction at 200")
    assert sample.locator("img").get_attribute("src") != newest
    page.keyboard.press("Home")
    expect(image).to_have_attribute("data-step", "0")
    expect(sample.locator(".boxes rect")).to_have_count(2)
    # Enlarged, arrow keys go on.
    sample.get_by_role("button", name="Enlarge").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("step 0")
    page.keyboard.press("ArrowRight")
    expect(dialog).to_contain_text("step 100")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    # Before and after.
    sample.get_by_role("button", name="compare").click()
    pair = sample.locator(".pair")
    expect(pair).to_have_attribute("data-before", "0")
    expect(pair).to_have_attribute("data-after", "100")


def test_one_slider_takes_the_others_along(platform: RunningPlatform, page: Page, everything: MediaWriter) -> None:
    open_training(page, platform, everything)
    page.get_by_label("same step everywhere").check()
    digits = panel(page, "image", "val/digits").locator("figure.picture").first
    expect(digits).to_have_attribute("data-step", "300")
    slider = panel(page, "image", "val/sample").get_by_role("slider", name="Step of val/sample")
    slider.focus()
    page.keyboard.press("Home")
    expect(digits).to_have_attribute("data-step", "0")


def test_tables_sort_by_type_and_find_rows(platform: RunningPlatform, page: Page, everything: MediaWriter) -> None:
    open_training(page, platform, everything)
    table = panel(page, "table", "val/errors")
    expect(table).to_contain_text("150 rows")
    first = table.locator("tbody tr").first
    table.get_by_role("button", name="score", exact=True).click()
    expect(first).to_contain_text("img_33.png9.999")  # numbers begin with the largest
    table.get_by_role("button", name="score ↓").click()
    expect(first).to_contain_text("img_11.png-10")
    table.get_by_role("button", name="file").click()
    expect(first).to_contain_text("img_0.png")
    expect(table.locator("tbody tr").nth(2)).to_contain_text("img_2.png")  # not img_10.png
    table.get_by_label("Find rows of val/errors").fill("img_14")
    expect(table).to_contain_text("11 of 150 rows")
    expect(table.locator("tbody tr")).to_have_count(11)


def test_markdown_is_rendered_and_markup_stays_text(
    platform: RunningPlatform, page: Page, everything: MediaWriter
) -> None:
    open_training(page, platform, everything)
    script = panel(page, "text", "notes/script")
    expect(script.locator("strong")).to_have_text("bold")
    expect(script).to_contain_text('<script>document.title = "owned"</script>')
    tried = panel(page, "text", "notes/tried")
    expect(tried.locator("td").first).to_have_text("baseline")
    expect(tried).to_contain_text("[bad link](javascript:alert(1)) and <b>no bold</b>")
    for text in (script, tried):
        assert text.locator("script, b, img, a:not([href^='https:'])").count() == 0
    expect(page).to_have_title("everything · Pavi")


def test_a_graph_opens_scopes_and_finds_nodes(platform: RunningPlatform, page: Page, everything: MediaWriter) -> None:
    open_training(page, platform, everything)
    graph = panel(page, "graph", "model")
    graph.locator(".box.scope", has_text="layer2").click()
    graph.locator(".box.scope", has_text="layer2.7").click()
    expect(graph.locator(".box.node")).to_have_count(5)
    expect(graph.locator(".box.edge")).to_have_count(2)
    graph.get_by_label("Find nodes").fill("gemm")
    graph.locator(".graph-side").get_by_role("button", name="/fc/Gemm_323").click()
    expect(graph.locator(".graph-side")).to_contain_text("transB")
    expect(graph.locator(".box.chosen")).to_contain_text("Gemm")


def test_a_graph_of_thousands_of_nodes_is_drawn(platform: RunningPlatform, page: Page) -> None:
    writer = MediaWriter(platform, name="flat")
    graph = chain_graph(400)
    for node in graph["nodes"]:
        node["scope"] = ""  # all on one level
    writer.media(
        "graph", "model", 0, content=json.dumps(graph).encode(), media_type="application/json", meta={"nodes": 2004}
    )
    open_training(page, platform, writer)
    drawing = panel(page, "graph", "model")
    expect(drawing.locator(".box.node")).to_have_count(2004)
    drawing.get_by_label("Find nodes").fill("gemm")
    drawing.locator(".graph-side").get_by_role("button", name="/fc/Gemm_2003").click()
    expect(drawing.locator(".box.chosen")).to_be_in_viewport()


def test_media_appear_while_one_watches(platform: RunningPlatform, page: Page) -> None:
    writer = MediaWriter(platform, name="watched")
    writer.points("loss", [(0, 1.0, 1.0)])
    open_training(page, platform, writer)
    expect(page.locator("#media")).to_be_hidden()
    fields = {"media_type": "image/png", "meta": {"width": 320, "height": 200}}
    writer.media("image", "val/sample", 1, content=picture(1), **fields)
    sample = panel(page, "image", "val/sample")
    expect(sample.locator("figure.picture")).to_have_attribute("data-step", "1")
    writer.media("image", "val/sample", 2, content=picture(2), **fields)
    expect(sample.locator("figure.picture")).to_have_attribute("data-step", "2")


def test_a_trace_opens_as_a_timeline(platform: RunningPlatform, page: Page, everything: MediaWriter) -> None:
    open_training(page, platform, everything)
    with page.context.expect_page() as opened:
        panel(page, "trace", "profile").get_by_role("link", name="Open timeline").click()
    viewer = opened.value
    answer = viewer.request.get(viewer.url.partition("#")[0])
    assert "unsafe" not in answer.headers["content-security-policy"]
    expect(viewer.get_by_text("Left Heavy")).to_be_visible()
    expect(viewer.get_by_text("Sandwich")).to_be_visible()
    expect(viewer).to_have_title(re.compile("worker0.pt.trace.json.gz"))
    assert viewer.locator("canvas").count() > 0
    viewer.reload()
    expect(viewer.get_by_text("Left Heavy")).to_be_visible()
