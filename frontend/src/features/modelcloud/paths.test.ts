import { describe, expect, it } from "vitest";

import { addressOf, crumbsOf, fileOf, isIn, parentOf, plain, shellWord } from "./paths";

describe("paths of the ModelCloud", () => {
  it("name other people's projects with their owner", () => {
    expect(addressOf({ name: "vision", owner: "ada" }, "ada")).toBe("vision");
    expect(addressOf({ name: "vision", owner: "ada" }, "bob")).toBe("~ada/vision");
  });

  it("lose only a version at their end", () => {
    expect(plain("vision/net@v3")).toBe("vision/net");
    expect(plain("vision/net@production")).toBe("vision/net");
    expect(plain("mail@home/net")).toBe("mail@home/net");
  });

  it("have a folder above them, but never an owner alone", () => {
    expect(parentOf("vision/heads/net")).toBe("vision/heads");
    expect(parentOf("vision")).toBe("");
    expect(parentOf("~ada/vision")).toBe("");
    expect(parentOf("~ada/vision/net")).toBe("~ada/vision");
  });

  it("show the way down from the project", () => {
    expect(crumbsOf("")).toEqual([]);
    expect(crumbsOf("vision/heads/net@v2")).toEqual([
      { name: "vision", path: "vision" },
      { name: "heads", path: "vision/heads" },
      { name: "net@v2", path: "vision/heads/net@v2" },
    ]);
    expect(crumbsOf("~ada/vision/net")).toEqual([
      { name: "~ada/vision", path: "~ada/vision" },
      { name: "net", path: "~ada/vision/net" },
    ]);
  });

  it("lie in folders, not in names that begin alike", () => {
    expect(isIn("vision", "vision/net")).toBe(true);
    expect(isIn("vision", "vision")).toBe(true);
    expect(isIn("vis", "vision/net")).toBe(false);
  });

  it("are one word of a command, whatever they hold", () => {
    expect(shellWord("pavi://~ada/vision/net@v3")).toBe("pavi://~ada/vision/net@v3");
    expect(shellWord("pavi://vision/a & b; $(c)")).toBe("'pavi://vision/a & b; $(c)'");
    expect(shellWord("pavi://vision/it's")).toBe("'pavi://vision/it'\\''s'");
  });

  it("are escaped in addresses", () => {
    expect(fileOf("a b/c&d@v1")).toBe("/api/v1/modelcloud/file?path=a%20b%2Fc%26d%40v1");
  });
});
