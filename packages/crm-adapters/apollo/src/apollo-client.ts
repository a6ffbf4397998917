import {
  createServiceClient,
  type FailedAnswer,
  type FailureReading,
  type Fetch,
  type RateBudget,
  type Secret,
  type ServiceClient,
  type ServiceClientOptions,
  type ServiceRetryOptions,
  type TokenSource,
} from "@salesagent/core/http";
import type { Clock } from "@salesagent/ports";
import { apolloRateBudget } from "./apollo-rate-budget.js";
import { apolloRateFacts } from "./apollo-rate-facts.js";
import { objectOf, textOf } from "./wire.js";

/** What proves to Apollo who calls: a key of a team, or a token that partners have. */
export type ApolloAuth = { readonly apiKey: Secret } | { readonly oauth: TokenSource };

/** How Apollo is reached. */
export interface ApolloConnection {
  /** @defaultValue "https://api.apollo.io/api/v1" */
  readonly baseUrl?: string | URL | undefined;
  /** @defaultValue globalThis.fetch */
  readonly fetch?: Fetch | undefined;
  /** @defaultValue systemClock */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1). @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
  /** The rate limits of this key, kept together with all who use it; see `apolloRateBudget`. @defaultValue 600 calls an hour */
  readonly rateBudget?: RateBudget | undefined;
  readonly retry?: ServiceRetryOptions | false | undefined;
  readonly breaker?: ServiceClientOptions["breaker"];
  readonly limits?: ServiceClientOptions["limits"];
  /** Told of each exchange, without queries, ids and bodies. */
  readonly onCall?: ServiceClientOptions["onCall"];
  readonly telemetry?: ServiceClientOptions["telemetry"];
}

const APOLLO_URL = "https://api.apollo.io/api/v1";

/** A client of Apollo's API. */
export function createApolloClient(auth: ApolloAuth, connection: ApolloConnection): ServiceClient {
  return createServiceClient({
    ...connection,
    rateBudget: connection.rateBudget ?? apolloRateBudget({ clock: connection.clock }),
    service: "apollo",
    baseUrl: connection.baseUrl ?? APOLLO_URL,
    auth:
      "apiKey" in auth
        ? { type: "header", name: "x-api-key", value: auth.apiKey }
        : { type: "oauth", tokens: auth.oauth },
    readRateFacts: apolloRateFacts,
    classify,
  });
}

/** Apollo's own words for a failure, which stand in `error`, `error_message` or `message`, or are plain text. */
export function apolloWords(answer: { body(): unknown; text(): string }): { code?: string; words: string } {
  const body = objectOf(answer.body());
  const code = textOf(body["error_code"]);
  const words = textOf(body["error_message"]) ?? textOf(body["error"]) ?? textOf(body["message"]) ?? "";
  return { ...(code === undefined ? {} : { code }), words };
}

function classify(answer: FailedAnswer): FailureReading | undefined {
  const { code, words } = apolloWords(answer);
  const reading = { ...(code === undefined ? {} : { vendorCode: code }), ...(words === "" ? {} : { words }) };
  if (code === "API_INACCESSIBLE") return { ...reading, code: "service.auth" };
  if (answer.status === 422 && /insufficient credits|credit limit|out of credits/i.test(words)) {
    return { ...reading, code: "service.quota_exhausted" };
  }
  if (answer.status !== 429) return reading;
  const window = /times per (minute|hour|day)/i.exec(words)?.[1]?.toLowerCase();
  return { ...reading, ...(window === undefined ? {} : { windows: [window] }) };
}
