import type { LoggedRequest, RequestOutcome, SandboxRequest } from "../sandbox-request.js";

/** A bounded list of what came in; the oldest leave first. */
export class RequestLog {
  readonly #limit: number;
  readonly #entries: LogEntry[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The requests that are still kept, oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  add(request: SandboxRequest, atMs: number): LogEntry {
    const entry = new LogEntry(request, atMs);
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries.shift();
    return entry;
  }
}

/** A logged request, whose outcome becomes known later. */
export class LogEntry implements LoggedRequest {
  readonly index: LoggedRequest["index"];
  readonly vendor: LoggedRequest["vendor"];
  readonly dialect: LoggedRequest["dialect"];
  readonly method: LoggedRequest["method"];
  readonly path: LoggedRequest["path"];
  readonly query: LoggedRequest["query"];
  readonly headers: LoggedRequest["headers"];
  readonly body: LoggedRequest["body"];
  readonly ask: LoggedRequest["ask"];
  readonly atMs: number;
  outcome: RequestOutcome = "pending";
  status?: number;

  constructor(request: SandboxRequest, atMs: number) {
    this.index = request.index;
    this.vendor = request.vendor;
    this.dialect = request.dialect;
    this.method = request.method;
    this.path = request.path;
    this.query = request.query;
    this.headers = request.headers;
    this.body = request.body;
    this.ask = request.ask;
    this.atMs = atMs;
  }

  /** The first outcome stands. */
  settle(outcome: RequestOutcome): void {
    if (this.outcome === "pending") this.outcome = outcome;
  }
}
