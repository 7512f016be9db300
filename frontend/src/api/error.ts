// The server's one error envelope as an exception.

interface Envelope {
  error?: { code?: string; message?: string; details?: Record<string, unknown>; request_id?: string };
}

/** An answer that is an error. `message` is written for people; programs test `code`. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly requestId: string;

  constructor(status: number, body: unknown) {
    const error = (body as Envelope | null | undefined)?.error;
    super(error?.message ?? `The server answered ${status}.`);
    this.name = "ApiError";
    this.status = status;
    this.code = error?.code ?? "";
    this.details = error?.details ?? {};
    this.requestId = error?.request_id ?? "";
  }
}

/** The server did not answer: a cut connection, not an error of its own. */
export class Offline extends Error {
  constructor() {
    super("The server does not answer.");
    this.name = "Offline";
  }
}
