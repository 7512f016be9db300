// The whole console as one file, as it was printed: colours are sequences in it, as a terminal and `less -R` read them.

import type { ReadLines } from "./lines";

const AT_ONCE = 5_000;

/** Reads all lines; `onLines` is told how many are there. Stops with the signal. */
export async function wholeText(read: ReadLines, onLines: (count: number) => void, signal: AbortSignal): Promise<Blob> {
  const parts: string[] = [];
  let count = 0;
  for (let from: number | null = 0; from !== null;) {
    signal.throwIfAborted();
    const page: Awaited<ReturnType<ReadLines>> = await read({ from, limit: AT_ONCE });
    parts.push(page.items.map((line) => `${line.text}\n`).join(""));
    count += page.items.length;
    onLines(count);
    from = page.next;
  }
  return new Blob(parts, { type: "text/plain;charset=utf-8" });
}

export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
