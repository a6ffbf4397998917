import { type CallOptions, SalesAgentError } from "@salesagent/ports";
import { toBase64 } from "../kernel/base64.js";
import { sha256Base64Url } from "../kernel/sha256.js";
import { fieldPairs } from "./request-url.js";
import type { QueryFields } from "./service-request.js";
import { requestToken, type TokenEndpoint } from "./token-endpoint.js";
import type { OAuthToken } from "./token-vault.js";

/** What a person is sent to a service with, to connect an account. */
export interface AuthorizationRequest {
  readonly authorizeUrl: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scopes?: readonly string[] | undefined;
  /** More fields, such as `optional_scope`. */
  readonly query?: QueryFields | undefined;
  /** Proves with PKCE that who began is who ends; for services that know it. @defaultValue false */
  readonly pkce?: boolean | undefined;
}

/** Where to send a person, and what to keep until they come back: in their session, and nowhere else. */
export interface StartedAuthorization {
  readonly url: string;
  readonly state: string;
  /** With PKCE only. */
  readonly codeVerifier?: string;
}

/** What a person came back with. */
export interface AuthorizationReturn {
  /** The whole URL that the service sent them to. */
  readonly callbackUrl: string;
  readonly redirectUri: string;
  /** As they were kept. */
  readonly state: string;
  readonly codeVerifier?: string | undefined;
}

/**
 * Begins to connect an account.
 *
 * @see RFC 6749, section 4.1; RFC 7636 for PKCE with S256.
 */
export async function startAuthorization(request: AuthorizationRequest): Promise<StartedAuthorization> {
  const { clientId, redirectUri, scopes = [], query = {}, pkce = false } = request;
  const url = new URL(request.authorizeUrl);
  const state = randomText();
  const codeVerifier = pkce ? randomText() : undefined;
  const fields: QueryFields = {
    ...query,
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    ...(scopes.length > 0 ? { scope: scopes.join(" ") } : {}),
    state,
    ...(codeVerifier === undefined
      ? {}
      : { code_challenge: await sha256Base64Url(codeVerifier), code_challenge_method: "S256" }),
  };
  for (const [name, value] of fieldPairs("query", fields)) url.searchParams.append(name, value);
  return { url: url.href, state, ...(codeVerifier === undefined ? {} : { codeVerifier }) };
}

/**
 * Turns what a person came back with into a token. Keep it, and only then use it.
 *
 * @throws SalesAgentError `service.refused` when the person refused, or the return is not one of this start; `credential.refused`
 *   when its code is used up or too old; `service.…` of the token endpoint.
 */
export async function finishAuthorization(
  endpoint: TokenEndpoint,
  returned: AuthorizationReturn,
  call: CallOptions = {},
): Promise<OAuthToken> {
  const fields = new URL(returned.callbackUrl).searchParams;
  if (!isSame(fields.get("state") ?? "", returned.state)) {
    throw refused(
      endpoint,
      "state_mismatch",
      "came back without the state that it was sent with. Begin again.",
    );
  }
  const problem = fields.get("error");
  if (problem !== null) {
    const code = /^\w{1,60}$/.test(problem) ? problem : "error";
    throw refused(endpoint, code, `came back with ${code}: the account is not connected.`);
  }
  const code = fields.get("code");
  if (!code) throw refused(endpoint, "no_code", "came back without a code. Begin again.");
  const { codeVerifier, redirectUri } = returned;
  const grant = { grant_type: "authorization_code", code, redirect_uri: redirectUri };
  return await requestToken(
    endpoint,
    codeVerifier === undefined ? grant : { ...grant, code_verifier: codeVerifier },
    call,
  );
}

function refused({ platform }: TokenEndpoint, vendorCode: string, what: string): SalesAgentError {
  return new SalesAgentError("service.refused", {
    message: `The authorization of ${platform} ${what}`,
    facts: { service: platform, vendorCode },
    replay: "safe",
  });
}

/** 256 bits as 43 characters that need no encoding. */
function randomText(): string {
  const base64 = toBase64(crypto.getRandomValues(new Uint8Array(32)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** In a time that tells nothing of where they differ. An empty state is never the same. */
function isSame(left: string, right: string): boolean {
  if (right === "" || left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}
