import {
  type CallOptions,
  type Clock,
  type JsonObject,
  SalesAgentError,
  systemClock,
} from "@salesagent/ports";
import type { Fetch } from "./exchange.js";
import { type Secret, secretOf } from "./service-auth.js";
import { createServiceClient } from "./service-client.js";
import type { ServiceRetryOptions } from "./service-client-options.js";
import { type FailureClassifier, isRecord } from "./service-failure.js";
import type { OAuthToken } from "./token-vault.js";

/** Where a service hands out tokens, and who asks. */
export interface TokenEndpoint {
  /** Names the credential in errors: such as `hubspot`. */
  readonly platform: string;
  /** Tells several of one platform apart. @defaultValue "default" */
  readonly account?: string | undefined;
  /** With its slash at the end, where it has one. */
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Without one, the client is public and PKCE is its proof. */
  readonly clientSecret?: Secret | undefined;
  /** Whether id and secret go in the form or as HTTP Basic. @defaultValue "form" */
  readonly clientAuth?: "form" | "basic" | undefined;
  /** The service's codes for a grant that is dead, beside `invalid_grant`. @defaultValue `BAD_REFRESH_TOKEN` */
  readonly deadGrantCodes?: readonly string[] | undefined;
  /** Tries of one request for a token; their times can be cut, and not raised. @defaultValue two more within 30 s, no wait longer than 20 s */
  readonly retry?: ServiceRetryOptions | false | undefined;
  /** @defaultValue the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1). @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
}

/** The fields of a grant, such as `grant_type` and `code`. */
export type GrantFields = Readonly<Record<string, string>>;

/** How long one request for a token may take, in milliseconds. */
const REQUEST_MS = 20_000;
/** A refresh must be over before its lease is. */
const LONGEST_WAIT_MS = 20_000;
const LONGEST_TRYING_MS = 30_000;
/** Longer than all tries of one token request by the defaults, in milliseconds. */
export const LONGEST_REQUEST_MS = LONGEST_TRYING_MS + REQUEST_MS + 10_000;

/**
 * Asks for a token. A refusal of the grant is final; a lost answer is asked for again, since the token that it told is of no use to
 * anybody else.
 *
 * @throws SalesAgentError `credential.refused` for a dead grant; `service.auth` for a client that is refused; other `service.…`.
 */
export async function requestToken(
  endpoint: TokenEndpoint,
  grant: GrantFields,
  call: CallOptions = {},
): Promise<OAuthToken> {
  const { platform, clientId, clientAuth = "form", clock = systemClock } = endpoint;
  const url = new URL(endpoint.tokenUrl);
  const clientSecret =
    endpoint.clientSecret === undefined ? undefined : await secretOf(endpoint.clientSecret);
  const isBasic = clientAuth === "basic" && clientSecret !== undefined;
  const client = createServiceClient({
    service: platform,
    baseUrl: url.origin,
    ...(isBasic ? { auth: { type: "basic", username: clientId, password: clientSecret } } : {}),
    breaker: false,
    retry: tokenRetry(endpoint.retry),
    limits: { totalMs: REQUEST_MS, headersMs: REQUEST_MS, responseBytes: 256 * 1024 },
    classify: refusalReader(endpoint),
    fetch: endpoint.fetch,
    clock,
    random: endpoint.random,
  });
  const identity = isBasic
    ? {}
    : { client_id: clientId, ...(clientSecret === undefined ? {} : { client_secret: clientSecret }) };
  const askedMs = clock.now();
  const answer = await client.post(url.pathname + url.search, {
    form: { ...grant, ...identity },
    replay: "safe",
    secrets: [...Object.values(grant), ...(clientSecret === undefined ? [] : [clientSecret])],
    signal: call.signal,
  });
  return toToken(platform, answer.body(), askedMs);
}

function tokenRetry(given: TokenEndpoint["retry"] = {}): ServiceRetryOptions | false {
  if (given === false) return false;
  const { retries = 2, maxWaitMs = LONGEST_WAIT_MS, maxElapsedMs = LONGEST_TRYING_MS } = given;
  return {
    ...given,
    retries,
    maxWaitMs: Math.min(maxWaitMs, LONGEST_WAIT_MS),
    maxElapsedMs: Math.min(maxElapsedMs, LONGEST_TRYING_MS),
  };
}

/** A dead grant is the credential's end; anything else is what it looks like. */
function refusalReader(endpoint: TokenEndpoint): FailureClassifier {
  const { platform, account = "default", deadGrantCodes = ["BAD_REFRESH_TOKEN"] } = endpoint;
  return (answer) => {
    const body = answer.body();
    if (answer.status < 400 || answer.status >= 500 || answer.status === 429 || !isRecord(body))
      return undefined;
    const code = [body["error"], body["status"], body["category"], body["error_code"], body["code"]].find(
      (each) => each === "invalid_grant" || deadGrantCodes.some((dead) => dead === each),
    );
    if (code === undefined) return body["error"] === "invalid_client" ? { code: "service.auth" } : undefined;
    return credentialRefused(
      { platform, account },
      "revoked",
      `${platform} refuses the grant (${String(code)}): it was revoked, used up or is too old. Connect the account again.`,
    );
  };
}

/** The error of a credential that is dead. */
export function credentialRefused(
  { platform, account = "default" }: { readonly platform: string; readonly account?: string | undefined },
  problem: "revoked" | "expired",
  message: string,
): SalesAgentError<"credential.refused"> {
  return new SalesAgentError("credential.refused", {
    message,
    facts: { platform, account, problem },
    replay: "safe",
  });
}

/** @see RFC 6749, section 5.1 */
function toToken(platform: string, body: unknown, askedMs: number): OAuthToken {
  const fields = isRecord(body) ? body : {};
  const { access_token, refresh_token, expires_in, scope, token_type: _, ...extra } = fields;
  if (typeof access_token !== "string" || access_token === "") {
    throw new SalesAgentError("service.malformed_response", {
      message: `The token endpoint of ${platform} answered without an access_token. Check tokenUrl.`,
      facts: { service: platform },
      replay: "unsafe",
    });
  }
  const lifeS = Number(expires_in);
  return {
    accessToken: access_token,
    ...(typeof refresh_token === "string" && refresh_token !== "" ? { refreshToken: refresh_token } : {}),
    obtainedAt: new Date(askedMs).toISOString(),
    // Counted from before the request: by the service's clock it may have begun then.
    ...(lifeS > 0 && lifeS < 1e9 ? { expiresAt: new Date(askedMs + lifeS * 1000).toISOString() } : {}),
    ...(typeof scope === "string" ? { scope } : {}),
    ...(Object.keys(extra).length > 0 ? { extra: JSON.parse(JSON.stringify(extra)) as JsonObject } : {}),
  };
}
