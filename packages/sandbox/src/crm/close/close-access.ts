import type { Clock } from "@salesagent/ports";
import { jsonAnswer } from "../shared/json-answer.js";
import { type RateVerdict, type RateWindow, RateWindows } from "../shared/rate-windows.js";
import type { CloseOAuth } from "./close-oauth.js";

/** Calls allowed in a window, by endpoint group; `Infinity` for none. An organisation has three times a key's. */
export interface CloseRates {
  /** @defaultValue 8_000 */
  readonly windowMs?: number;
  /** `/data/search/`. @defaultValue 16 */
  readonly search?: number;
  /** `DELETE /lead/`. @defaultValue 80 */
  readonly leadDelete?: number;
  /** All other groups, each. @defaultValue 240 */
  readonly general?: number;
}

/** The credential of a request: a key's id, or nothing that Close knows. */
export interface Caller {
  readonly id: string;
  readonly apiKeyId: string | null;
}

/** Who calls: Basic with the key as user name, or a bearer token. */
export function callerOf(
  request: Request,
  apiKeys: readonly string[],
  oauth: CloseOAuth,
): Caller | undefined {
  const [scheme, value = ""] = (request.headers.get("authorization") ?? "").split(" ");
  if (scheme?.toLowerCase() === "bearer") {
    return oauth.accepts(value) ? { id: "oauth", apiKeyId: null } : undefined;
  }
  if (scheme?.toLowerCase() !== "basic") return undefined;
  const [key = "", password] = decodeBase64(value).split(":");
  const at = apiKeys.indexOf(key);
  return at >= 0 && password === "" ? { id: key, apiKeyId: `api_${at + 1}` } : undefined;
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    // what is no base64 holds no key
    return "";
  }
}

/** The rates of keys and of their organisation. */
export class CloseRateLimits {
  readonly #byKey: Readonly<Record<"search" | "leadDelete" | "general", RateWindows>>;
  readonly #byOrganization: Readonly<Record<"search" | "leadDelete" | "general", RateWindows>>;

  constructor(rates: CloseRates, clock: Clock) {
    const { windowMs = 8_000, search = 16, leadDelete = 80, general = 240 } = rates;
    const windows = (factor: number) => {
      const of = (limit: number) =>
        new RateWindows([{ limit: limit * factor, windowMs } satisfies RateWindow], clock);
      return { search: of(search), leadDelete: of(leadDelete), general: of(general) };
    };
    this.#byKey = windows(1);
    this.#byOrganization = windows(3);
  }

  /** Calls that came though there was no room. */
  get breaches(): number {
    return [this.#byKey, this.#byOrganization]
      .flatMap((windows) => Object.values(windows))
      .reduce((sum, windows) => sum + windows.breaches, 0);
  }

  /** Takes a call in: the verdict of the key, unless the organisation has no room. */
  take(group: string, key: string): RateVerdict {
    const kind = group === "POST data/search" ? "search" : group === "DELETE lead" ? "leadDelete" : "general";
    const own = this.#byKey[kind].take(`${group} ${key}`);
    if (!own.allowed) return own;
    const all = this.#byOrganization[kind].take(group);
    return all.allowed ? own : all;
  }
}

/** `RateLimit: limit=100, remaining=50, reset=5`, the seconds with a fraction. */
export function rateHeader({ states: [state] }: RateVerdict): Record<string, string> {
  if (state === undefined || state.limit === Number.POSITIVE_INFINITY) return {};
  const { limit, remaining, resetMs } = state;
  return { ratelimit: `limit=${limit}, remaining=${remaining}, reset=${resetMs / 1000}` };
}

/** Close's 429; without a wait it tells none. */
export function tooMany(verdict: RateVerdict | undefined, retryAfterSeconds: number | undefined): Response {
  const wait = retryAfterSeconds === undefined ? {} : { "retry-after": String(Math.ceil(retryAfterSeconds)) };
  const told = verdict === undefined ? {} : rateHeader(verdict);
  const reset =
    verdict === undefined && retryAfterSeconds !== undefined
      ? { ratelimit: `limit=240, remaining=0, reset=${retryAfterSeconds}` }
      : {};
  return jsonAnswer({ error: "API call count exceeded for this window" }, 429, {
    ...told,
    ...reset,
    ...wait,
  });
}
