import { cleanup, render } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";

import { Markdown } from "./markdown";

afterEach(cleanup);
const shown = (text: string) => render(<Markdown text={text} />).container;

describe("Markdown", () => {
  it("makes elements of marks", () => {
    const page = shown("# Plan\n\nTry **0.1** and `lr`,\nthen *stop*.\n\n- one\n  - inner\n- two\n\n1. [x] done\n\n> quoted\n\n---\n");
    expect(page.querySelector("h3")?.textContent).toBe("Plan");
    expect(page.querySelector("strong")?.textContent).toBe("0.1");
    expect(page.querySelector("p code")?.textContent).toBe("lr");
    expect(page.querySelectorAll("ul > li")).toHaveLength(3);
    expect(page.querySelector("ul ul li")?.textContent).toBe("inner");
    expect(page.querySelector<HTMLInputElement>("ol input")?.checked).toBe(true);
    expect(page.querySelector("blockquote")?.textContent).toBe("quoted");
    expect(page.querySelector("hr")).not.toBeNull();
  });

  it("keeps code and tables as they were meant", () => {
    const page = shown("```python\nif a < b:\n    **no**\n```\n\n| lr | acc |\n|:-:|--:|\n| 0.1 | 0.9 \\| 1 |");
    expect(page.querySelector("pre code")?.textContent).toBe("if a < b:\n    **no**");
    expect(page.querySelectorAll("td")[1]?.textContent).toBe("0.9 | 1");
    expect(page.querySelectorAll<HTMLElement>("td")[1]?.style.textAlign).toBe("right");
  });

  it("never makes markup of text, and links only to the web", () => {
    const page = shown('<img src=x onerror="alert(1)"> <script>alert(1)</script>\n\n[bad](javascript:alert(1)) [good](https://pavi.example/a_b) ![picture](https://pavi.example/x.png) https://pavi.example/c');
    expect(page.querySelector("img, script")).toBeNull();
    expect(page.textContent).toContain('<img src=x onerror="alert(1)">');
    expect([...page.querySelectorAll("a")].map((one) => one.getAttribute("href"))).toEqual(["https://pavi.example/a_b", "https://pavi.example/x.png", "https://pavi.example/c"]);
    expect(page.querySelector("a")?.rel).toContain("noopener");
  });

  it("comes to an end on hostile text", () => {
    const page = shown(`${">".repeat(5_000)}\n${"*a ".repeat(50_000)}\n${"[".repeat(100_000)}`);
    expect(page.textContent?.length).toBeGreaterThan(100_000);
  });
});
