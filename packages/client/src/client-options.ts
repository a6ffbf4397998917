import { type ClientClock, systemClock } from "./client-clock.js";

/** Headers of every request, such as `{ authorization: "Bearer …" }`. */
export type ClientHeaders = Readonly<Record<string, string>>;

/** Where the server is and how it is asked. */
export interface ClientOptions {
  /** Where the server is mounted: `https://app.example/sales`; in a browser also a path, `/sales`. */
  readonly url: string;
  /** Sent with every request; a function is asked before each one, and each reconnect. @defaultValue none */
  readonly headers?: ClientHeaders | (() => ClientHeaders | Promise<ClientHeaders>);
  /** @defaultValue the platform's own, which sends a page's cookies to its own origin */
  readonly fetch?: typeof fetch;
  /** The longest that a call may take, in milliseconds; uploads and streams are not counted. @defaultValue 60000 */
  readonly timeoutMs?: number;
  /** After how long a silent stream is opened anew, in milliseconds. @defaultValue 45000: three heartbeats of the server */
  readonly idleMs?: number;
  /** @defaultValue the machine's */
  readonly clock?: ClientClock;
  /** Between 0 and 1, for how long to wait before a reconnect. @defaultValue Math.random */
  readonly random?: () => number;
}

/** Options, checked and with their defaults. */
export interface ClientSettings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly headers: () => ClientHeaders | Promise<ClientHeaders>;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly idleMs: number;
  readonly clock: ClientClock;
  readonly random: () => number;
}

const names = ["url", "headers", "fetch", "timeoutMs", "idleMs", "clock", "random"];

/** @throws TypeError naming the option that is wrong. */
export function readOptions(options: ClientOptions): ClientSettings {
  if (typeof options !== "object" || options === null)
    throw wrong("options", "an object with `url`", options);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`createClient: no option is named "${unknown}".`);
  const { headers = {}, fetch: given, timeoutMs = 60_000, idleMs = 45_000 } = options;
  const { clock = systemClock, random = Math.random } = options;
  if (!isObject(headers) && typeof headers !== "function")
    throw wrong("headers", "an object or a function", headers);
  if (given !== undefined && typeof given !== "function") throw wrong("fetch", "a function", given);
  if (typeof clock.schedule !== "function") throw wrong("clock", "an object with `schedule`", clock);
  if (typeof random !== "function") throw wrong("random", "a function", random);
  return {
    url: readUrl(options.url),
    headers: typeof headers === "function" ? headers : () => headers,
    // Asked of the platform at each call: what watches an app replaces it late, and browsers refuse it another `this`.
    fetch: given ?? ((input, init) => fetch(input, init)),
    timeoutMs: readWait("timeoutMs", timeoutMs),
    idleMs: readWait("idleMs", idleMs),
    clock,
    random,
  };
}

function readUrl(url: unknown): string {
  const isPath = typeof url === "string" && url.startsWith("/") && !url.startsWith("//");
  const isWeb = typeof url === "string" && /^https?:\/\/[^/]/.test(url);
  if (!(isPath || isWeb) || /[?#]/.test(url)) {
    throw wrong("url", 'an http(s) URL or a path such as "/sales", without a query', url);
  }
  return url.replace(/\/+$/, "");
}

function readWait(name: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
  throw wrong(name, "a number of milliseconds over 0", value);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function wrong(option: string, wanted: string, got: unknown): TypeError {
  const shown = typeof got === "string" ? JSON.stringify(got) : got === null ? "null" : typeof got;
  return new TypeError(`createClient: \`${option}\` must be ${wanted}; it is ${shown}.`);
}
