// Talks to /api/v1 with the browser's session. Typed by the server's own OpenAPI file (`npm run types`).

import createClient from "openapi-fetch";

import { ApiError, Offline } from "./error";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

function csrfToken(): string {
  return /(?:^|; )pavi_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

/** `fetch` that turns a cut connection into `Offline`, and signs what changes something. */
export async function send(request: Request): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") request.headers.set("X-CSRFToken", csrfToken());
  try {
    return await fetch(request);
  } catch (error) {
    if ((error as Error).name === "AbortError") throw error;
    throw new Offline();
  }
}

export const client = createClient<paths>({
  fetch: send,
  // `?training=a&training=b`, as the server reads lists.
  querySerializer: { array: { style: "form", explode: true } },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; an error is thrown as `ApiError`. */
export async function ok<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ApiError(response.status, error);
  return data as T;
}
