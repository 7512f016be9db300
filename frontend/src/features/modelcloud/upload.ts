// Bytes of the reader's disk to the server: hashed, sent in parts that resume, and checked there as a whole.

import { client, ok } from "@/api/client";
import { ApiError, Offline } from "@/api/error";

import { Sha256 } from "./sha256";

/** Beyond this a browser is the wrong tool: `pavi cp` goes on where it was cut off, days later. */
export const MOST_BYTES = 2 * 1024 ** 3;
const HASHED_AT_ONCE = 4 << 20;

export interface Progress {
  phase: "hashing" | "sending";
  /** Of 1. */
  done: number;
}

/** Sends a file's bytes, unless the server knows that they are ours already; answers their sha256. */
export async function upload(file: File, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<string> {
  const sha256 = await hash(file, (done) => onProgress({ phase: "hashing", done }), signal);
  const state = await ok(client.POST("/api/v1/blobs/uploads", { body: { sha256, size: file.size }, signal }));
  if (state.complete || state.id === null) return sha256;
  const here = new Set(state.received);
  const parts = Math.ceil(file.size / state.part_size);
  let sent = 0;
  for (let part = 1; part <= parts; part += 1) {
    const content = file.slice((part - 1) * state.part_size, part * state.part_size);
    if (!here.has(part)) await send(`/api/v1/blobs/uploads/${state.id}/parts/${part}`, content, (loaded) => onProgress({ phase: "sending", done: (sent + loaded) / file.size }), signal);
    sent += content.size;
    onProgress({ phase: "sending", done: sent / file.size });
  }
  await ok(client.POST("/api/v1/blobs/uploads/{upload_id}/complete", { params: { path: { upload_id: state.id } }, signal }));
  return sha256;
}

async function hash(file: File, onDone: (done: number) => void, signal: AbortSignal): Promise<string> {
  const hashing = new Sha256();
  for (let at = 0; at < file.size; at += HASHED_AT_ONCE) {
    signal.throwIfAborted();
    hashing.update(new Uint8Array(await file.slice(at, at + HASHED_AT_ONCE).arrayBuffer()));
    onDone(Math.min(1, (at + HASHED_AT_ONCE) / file.size));
  }
  return hashing.digest();
}

/** `fetch` cannot tell how much of a body has left; the older interface can. */
function send(url: string, content: Blob, onLoaded: (loaded: number) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    request.open("PUT", url);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRFToken", /(?:^|; )pavi_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "");
    request.upload.onprogress = (event) => onLoaded(event.loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(new ApiError(request.status, parsed(request.responseText))));
    request.onerror = () => reject(new Offline());
    request.onabort = () => reject(signal.reason as Error);
    request.onloadend = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort);
    request.send(content);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
