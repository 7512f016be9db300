// Talks to /api/v1 with the browser's session. Charts come as binary columns.

const COLUMNS = "application/vnd.pavi.columns";

export class ApiError extends Error {
  constructor(status, error) {
    super(error?.message ?? `The server answered ${status}.`);
    this.status = status;
    this.code = error?.code ?? "";
  }
}

function csrfToken() {
  return document.cookie.match(/(?:^|; )pavi_csrf=([^;]+)/)?.[1] ?? "";
}

async function request(method, path, { body, accept = "application/json", signal } = {}) {
  const headers = { Accept: accept };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(`/api/v1/${path}`, {
    method,
    headers,
    signal,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status === 401) location.reload(); // signed out: the page leads to the login and back
  if (!response.ok) {
    const answer = await response.json().catch(() => null);
    throw new ApiError(response.status, answer?.error);
  }
  return response;
}

export const get = async (path, options) => (await request("GET", path, options)).json();
export const post = async (path, body) => json(await request("POST", path, { body }));
export const put = async (path, body) => json(await request("PUT", path, { body }));
export const patch = async (path, body) => json(await request("PATCH", path, { body }));
export const remove = async (path) => json(await request("DELETE", path));

async function json(response) {
  return response.status === 204 ? null : response.json();
}

/** `?name=value` of what is neither null nor empty. */
export function search(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** Every item of a list that comes in pages, up to `most`. */
export async function all(path, parameters, most = Infinity) {
  const items = [];
  let cursor = null;
  do {
    const page = await get(`${path}${search({ ...parameters, cursor })}`);
    items.push(...page.items);
    cursor = page.next ?? null;
  } while (cursor !== null && items.length < most);
  return items;
}

/** All series of some trainings. */
export async function series(trainings) {
  const query = trainings.map((id) => `training=${id}`).join("&");
  return (await get(`scalars/series?${query}`)).items;
}

/** A chart's data, with typed arrays in place of columns. */
export async function query(body, signal) {
  const response = await request("POST", "scalars/query", { body, accept: COLUMNS, signal });
  const raw = await response.arrayBuffer();
  return response.headers.get("Content-Type").startsWith(COLUMNS) ? decode(raw) : JSON.parse(new TextDecoder().decode(raw));
}

/** One frame: "PAVC", length of the header, length of the data, JSON header, arrays. */
export function decode(raw) {
  const view = new DataView(raw);
  const headerBytes = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(raw, 16, headerBytes)));
  const data = 16 + headerBytes;
  const types = { f8: Float64Array, i8: BigInt64Array, u4: Uint32Array };
  const place = (value) => {
    if (Array.isArray(value)) return value.map(place);
    if (value === null || typeof value !== "object") return value;
    if (value.$array) {
      const [type, offset, length] = value.$array;
      return new types[type](raw, data + offset, length);
    }
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, place(inner)]));
  };
  return place(header);
}
