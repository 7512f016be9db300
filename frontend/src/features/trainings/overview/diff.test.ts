import { describe, expect, it } from "vitest";

import { parseDiff } from "./diff";

const DIFF = `diff --git a/train.py b/train.py
index faee3fe..1d75704 100644
--- a/train.py
+++ b/train.py
@@ -1,4 +1,4 @@ def main():
 import sys
--- old comment of a query
+-- new comment of a query
 lr = 0.1

@@ -20 +20,2 @@
-x = 1
\\ No newline at end of file
+x = 2
+y = 3
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
index 1..0
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-bye
diff --git a/old name.py b/new name.py
similarity index 100%
rename from old name.py
rename to new name.py
diff --git a/data.bin b/data.bin
index 1..2 100644
Binary files a/data.bin and b/data.bin differ
`;

describe("parseDiff", () => {
  const files = parseDiff(DIFF);

  it("tells the files and what became of them", () => {
    expect(files.map(({ path, from, change, added, removed }) => [path, from, change, added, removed])).toEqual([
      ["train.py", null, "changed", 3, 2],
      ["gone.txt", null, "removed", 0, 1],
      ["new name.py", "old name.py", "renamed", 0, 0],
      ["data.bin", null, "changed", 0, 0],
    ]);
  });

  it("numbers lines, and takes a removed line with dashes for what it is", () => {
    expect(files[0]?.lines.slice(1, 4)).toEqual([
      { kind: "same", before: 1, after: 1, text: "import sys" },
      { kind: "removed", before: 2, after: null, text: "-- old comment of a query" },
      { kind: "added", before: null, after: 2, text: "-- new comment of a query" },
    ]);
    expect(files[0]?.lines.at(-1)).toEqual({ kind: "added", before: null, after: 21, text: "y = 3" });
    expect(files[0]?.lines.some((line) => line.kind === "note" && line.text === "No newline at end of file")).toBe(true);
  });

  it("says what is no text", () => {
    expect(files[3]?.lines).toEqual([{ kind: "note", before: null, after: null, text: "Binary files a/data.bin and b/data.bin differ" }]);
  });

  it("takes a diff that was cut in the middle, and one of nothing", () => {
    expect(parseDiff(DIFF.slice(0, 190))[0]?.path).toBe("train.py");
    expect(parseDiff("")).toEqual([]);
  });
});
