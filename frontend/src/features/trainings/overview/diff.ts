// A unified diff, as `git diff` writes it, as files and numbered lines.

export interface DiffLine {
  kind: "hunk" | "added" | "removed" | "same" | "note";
  /** Line numbers before and after; null where there is none. */
  before: number | null;
  after: number | null;
  text: string;
}

export interface DiffFile {
  path: string;
  /** Its former name, if it was renamed. */
  from: string | null;
  change: "changed" | "added" | "removed" | "renamed";
  added: number;
  removed: number;
  lines: DiffLine[];
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

export function parseDiff(diff: string): DiffFile[] {
  const files: DiffFile[] = [];
  let file: DiffFile | null = null;
  // What the hunk still has: inside it, a line that begins with "---" is a removed one.
  let [beforeLeft, afterLeft, before, after] = [0, 0, 0, 0];
  const lines = diff.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    if (file && (beforeLeft > 0 || afterLeft > 0) && /^[ +\-\\]|^$/.test(line)) {
      const mark = line[0] ?? " ";
      const text = line.slice(1);
      if (mark === "\\") file.lines.push({ kind: "note", before: null, after: null, text: text.trim() });
      else if (mark === "+") {
        file.lines.push({ kind: "added", before: null, after: after++, text });
        file.added += 1;
        afterLeft -= 1;
      } else if (mark === "-") {
        file.lines.push({ kind: "removed", before: before++, after: null, text });
        file.removed += 1;
        beforeLeft -= 1;
      } else {
        file.lines.push({ kind: "same", before: before++, after: after++, text });
        beforeLeft -= 1;
        afterLeft -= 1;
      }
      continue;
    }
    if (line.startsWith("diff --git ")) {
      file = { path: pathInHeader(line), from: null, change: "changed", added: 0, removed: 0, lines: [] };
      [beforeLeft, afterLeft] = [0, 0];
      files.push(file);
      continue;
    }
    if (!file) continue;
    const hunk = HUNK.exec(line);
    if (hunk) {
      [before, beforeLeft, after, afterLeft] = [Number(hunk[1]), Number(hunk[2] ?? 1), Number(hunk[3]), Number(hunk[4] ?? 1)];
      file.lines.push({ kind: "hunk", before: null, after: null, text: line });
    } else readHeader(file, line);
  }
  return files;
}

function readHeader(file: DiffFile, line: string): void {
  if (line.startsWith("new file")) file.change = "added";
  else if (line.startsWith("deleted file")) file.change = "removed";
  else if (line.startsWith("rename from ")) Object.assign(file, { change: "renamed", from: unquoted(line.slice("rename from ".length)) });
  else if (line.startsWith("rename to ")) file.path = unquoted(line.slice("rename to ".length));
  else if (line.startsWith("+++ ") && !line.endsWith("/dev/null")) file.path = unquoted(line.slice("+++ ".length).replace(/\t$/, "")).replace(/^b\//, "");
  else if (line.startsWith("\\")) file.lines.push({ kind: "note", before: null, after: null, text: line.slice(1).trim() });
  else if (line.startsWith("Binary files") || line.startsWith("Submodule")) file.lines.push({ kind: "note", before: null, after: null, text: line });
}

/** `diff --git a/x b/x`: both names are the same unless it was renamed, which a later line tells. */
function pathInHeader(line: string): string {
  const names = line.slice("diff --git ".length);
  const half = names.slice(0, (names.length - 1) / 2);
  return unquoted(half).replace(/^a\//, "");
}

function unquoted(name: string): string {
  return name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replace(/\\(["\\])/g, "$1") : name;
}
