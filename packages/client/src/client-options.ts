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

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const isFunction = (value: unknown): boolean => typeof value === "function";
const isWait = (value: unknown): boolean => Number.isFinite(value) && (value as number) > 0;
const isUrl = (value: unknown): boolean =>
  typeof value === "string" && /^(https?:\/\/[^/?#]|\/(?!\/))[^?#]*$/.test(value);
const waitText = "a number of milliseconds over 0";

/** What each option must be; all but the first may be left out. */
const checks: { readonly [Name in keyof ClientOptions]-?: readonly [(value: unknown) => boolean, string] } = {
  url: [isUrl, 'an http(s) URL or a path such as "/sales", without a query'],
  headers: [(value) => isObject(value) || isFunction(value), "an object or a function"],
  fetch: [isFunction, "a function"],
  timeoutMs: [isWait, waitText],
  idleMs: [isWait, waitText],
  clock: [(value) => isFunction((value as ClientClock | null)?.schedule), "an object with `schedule`"],
  random: [isFunction, "a function"],
};

/** @throws TypeError naming the option that is wrong. */
export function readOptions(options: ClientOptions): ClientSettings {
  const given: Readonly<Record<string, unknown>> = { url: undefined, ...(options as object) };
  for (const [name, value] of Object.entries(given)) {
    const [isRight, wanted] = checks[name as keyof ClientOptions] ?? [];
    if (!isRight) throw new TypeError(`createClient: no option is named "${name}".`);
    if (isRight(value) || (value === undefined && name !== "url")) continue;
    throw new TypeError(`createClient: \`${name}\` must be ${wanted}; it is ${JSON.stringify(value)}.`);
  }
  const { url, headers = {}, fetch: own, timeoutMs = 60_000, idleMs = 45_000 } = options;
  const { clock = systemClock, random = Math.random } = options;
  return {
    url: url.replace(/\/+$/, ""),
    headers: typeof headers === "function" ? headers : () => headers,
    // Asked of the platform at each call: what watches an app replaces it late, and browsers refuse it another `this`.
    fetch: own ?? ((input, init) => fetch(input, init)),
    ...{ timeoutMs, idleMs, clock, random },
  };
}
