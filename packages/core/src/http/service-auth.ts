import { type CallOptions, SalesAgentError, untilAborted } from "@salesagent/ports";
import { toBase64 } from "../kernel/base64.js";

/** A secret, or a function that fetches it for each request, such as from a vault. */
export type Secret = string | (() => string | Promise<string>);

/** Where access tokens come from. */
export interface TokenSource {
  /** A token that is good for the next request. */
  token(call?: CallOptions): Promise<string>;
  /**
   * The service refused this token with a 401.
   *
   * @returns Whether another one is to be had, so that the request is worth sending again.
   */
  refused?(token: string, call?: CallOptions): Promise<boolean>;
}

/** What `custom` sends along. All of it counts as secret. */
export interface AuthParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** How a client proves who it is. Secrets are read when a request is sent, and go to the base URL's own origin only. */
export type ServiceAuth =
  | { readonly type: "bearer"; readonly token: Secret }
  | { readonly type: "basic"; readonly username: Secret; readonly password?: Secret | undefined }
  | { readonly type: "header"; readonly name: string; readonly value: Secret }
  | { readonly type: "oauth"; readonly tokens: TokenSource }
  | {
      readonly type: "custom";
      readonly authorize: (request: {
        readonly method: string;
        readonly url: string;
      }) => AuthParts | Promise<AuthParts>;
    };

/** What a request carries to prove who sends it. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Must not be in any error. */
  readonly secrets: readonly string[];
  /** The access token, where it came from a source. */
  readonly token?: string;
}

/** Of a request without credentials. */
export const NO_CREDENTIALS: Credentials = { headers: {}, query: {}, secrets: [] };

/**
 * Reads the secrets of a request.
 *
 * @throws SalesAgentError `service.auth` for a secret that no header can carry; what the secret's function throws.
 */
export async function readCredentials(
  service: string,
  auth: ServiceAuth | undefined,
  request: { readonly method: string; readonly url: string },
  signal: AbortSignal | undefined,
): Promise<Credentials> {
  if (auth === undefined) return NO_CREDENTIALS;
  return await untilAborted(readOf(service, auth, request, signal), signal);
}

async function readOf(
  service: string,
  auth: ServiceAuth,
  request: { readonly method: string; readonly url: string },
  signal: AbortSignal | undefined,
): Promise<Credentials> {
  switch (auth.type) {
    case "bearer":
      return bearer(sound(service, await secretOf(auth.token)));
    case "oauth": {
      const token = sound(service, await auth.tokens.token({ signal }));
      return { ...bearer(token), token };
    }
    case "header": {
      const value = sound(service, await secretOf(auth.value));
      return { headers: { [auth.name.toLowerCase()]: value }, query: {}, secrets: [value] };
    }
    case "basic":
      return basic(await secretOf(auth.username), await secretOf(auth.password ?? ""));
    case "custom":
      return custom(await auth.authorize(request));
  }
}

/** Reads a secret. */
export async function secretOf(secret: Secret): Promise<string> {
  return typeof secret === "function" ? await secret() : secret;
}

function bearer(token: string): Credentials {
  return { headers: { authorization: `Bearer ${token}` }, query: {}, secrets: [token] };
}

/** @see RFC 7617: user and password in UTF-8, then base64. */
function basic(username: string, password: string): Credentials {
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  const encoded = toBase64(bytes);
  return {
    headers: { authorization: `Basic ${encoded}` },
    query: {},
    secrets: [encoded, username, password],
  };
}

function custom({ headers = {}, query = {} }: AuthParts): Credentials {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const values = named.flatMap(([, value]) => [value, ...value.split(" ").slice(1)]);
  return { headers: Object.fromEntries(named), query, secrets: [...values, ...Object.values(query)] };
}

function sound(service: string, secret: string): string {
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  throw new SalesAgentError("service.auth", {
    message: `The key for ${service} is empty, or has spaces, line ends or characters outside ASCII. Copy it again.`,
    facts: { service },
    replay: "safe",
  });
}
