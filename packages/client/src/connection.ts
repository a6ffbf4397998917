import { ClientError, malformed } from "./client-error.js";
import type { ClientSettings } from "./client-options.js";
import { readProblem } from "./read-problem.js";
import { within } from "./within.js";

/** Values of a query; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** One request, beside its method and path. */
export interface RequestParts {
  readonly query?: Query | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: RequestInit["body"];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the server. */
export interface Connection {
  readonly settings: ClientSettings;
  /** An answer within 2xx, its body unread. @throws ClientError; the signal's reason. */
  open(method: string, path: string, parts?: RequestParts): Promise<Response>;
  /** The JSON of an answer; undefined where there is no content. @throws ClientError; the signal's reason. */
  ask<T>(method: string, path: string, parts?: RequestParts): Promise<T>;
  get<T>(path: string, options?: Signal, query?: Query): Promise<T>;
  post<T>(path: string, options?: Signal, json?: unknown): Promise<T>;
}

interface Signal {
  readonly signal?: AbortSignal | undefined;
}

/** A path of segments: each is escaped, so that an id can't lead elsewhere. */
export function pathOf(...segments: readonly string[]): string {
  return segments.map((segment) => `/${safeSegment(segment)}`).join("");
}

/** `.` and `..` are taken out of paths by URLs themselves, also where they are escaped. */
function safeSegment(segment: string): string {
  if (typeof segment !== "string" || segment === "" || /^\.\.?$/.test(segment)) {
    throw new TypeError(`${JSON.stringify(segment)} is no id.`);
  }
  return encodeURIComponent(segment);
}

export function createConnection(settings: ClientSettings): Connection {
  const { clock, timeoutMs } = settings;
  const open: Connection["open"] = async (method, path, parts = {}) => {
    const { signal, query, json } = parts;
    signal?.throwIfAborted();
    const headers = { accept: "application/json", ...(await settings.headers()), ...parts.headers };
    const init: RequestInit & { duplex?: "half" } = { method, headers };
    if (signal) init.signal = signal;
    if (json !== undefined) {
      init.body = JSON.stringify(json);
      init.headers = { "content-type": "application/json", ...headers };
    } else if (parts.body !== undefined) {
      init.body = parts.body;
      init.duplex = "half"; // what a body that is a stream asks for
    }
    const response = await settings.fetch(settings.url + path + toQuery(query), init).catch((cause) => {
      signal?.throwIfAborted();
      throw new ClientError(
        { code: "client.unreachable", detail: `${settings.url} can't be reached.` },
        cause,
      );
    });
    if (!response.ok) throw await readProblem(response);
    return response;
  };
  const ask = async <T>(method: string, path: string, parts: RequestParts = {}): Promise<T> => {
    const linked = linkedSignal(parts.signal);
    const { signal } = linked;
    // How long an upload takes is the line's to say.
    const limitMs = parts.body === undefined ? timeoutMs : Number.POSITIVE_INFINITY;
    try {
      const answer = open(method, path, { ...parts, signal }).then(readJson<T>);
      return await within(answer, { clock, limitMs, signal });
    } catch (error) {
      parts.signal?.throwIfAborted();
      throw error;
    } finally {
      linked.end(); // after an answer, nothing is left to abort
    }
  };
  return {
    ...{ settings, open, ask },
    get: (path, { signal } = {}, query) => ask("GET", path, { signal, query }),
    post: (path, { signal } = {}, json) => ask("POST", path, { signal, json }),
  };
}

/** A signal that follows another one, and aborts by itself at the end of the work that it is for. */
export function linkedSignal(signal: AbortSignal | undefined): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const follow = () => controller.abort(signal?.reason);
  if (signal?.aborted) follow();
  else signal?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    end() {
      signal?.removeEventListener("abort", follow);
      controller.abort();
    },
  };
}

async function readJson<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  try {
    return JSON.parse(await response.text()) as T;
  } catch (cause) {
    throw malformed(`${response.url || "The server"} answered with something that is no JSON.`, cause);
  }
}

function toQuery(query: Query = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) given.set(name, String(value));
  }
  const text = given.toString();
  return text === "" ? "" : `?${text}`;
}
