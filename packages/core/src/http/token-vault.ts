import type { CallOptions, JsonObject } from "@salesagent/ports";

/** An access token and what comes with it. JSON, for a vault to keep. */
export type OAuthToken = {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** ISO 8601 in UTC. */
  readonly obtainedAt?: string;
  /** ISO 8601 in UTC. Absent where the service does not tell. */
  readonly expiresAt?: string;
  /** What it allows, as the service wrote it. */
  readonly scope?: string;
  /** What else the service told, such as `organization_id` or `instance_url`. */
  readonly extra?: JsonObject;
};

/** A token and the revision that a write rests on. */
export interface VaultedToken {
  readonly token: OAuthToken;
  readonly revision: number;
}

/** Where one credential's token is kept, for all processes that use it. */
export interface TokenVault {
  /** @returns Nothing where nobody connected yet. */
  read(call?: CallOptions): Promise<VaultedToken | undefined>;
  /**
   * Keeps a token in the place of the one that it came from.
   *
   * @param ifRevision - Null where none may stand.
   * @returns The new revision; nothing when another stands, and nothing is changed then.
   */
  write(token: OAuthToken, ifRevision: number | null, call?: CallOptions): Promise<number | undefined>;
}

/** The part of a tenant's credentials that a vault needs; `createCredentials(…).tenant(…)` has it. */
export interface CredentialHolder {
  get(
    name: { readonly platform: string; readonly account?: string | undefined },
    call?: CallOptions,
  ): Promise<{ readonly revision: number; reveal(): JsonObject } | undefined>;
  put(
    name: { readonly platform: string; readonly account?: string | undefined },
    secret: JsonObject,
    options?: CallOptions & { readonly ifRevision?: number | null | undefined },
  ): Promise<number | undefined>;
}

/** A vault over sealed credentials. */
export function credentialVault(
  credentials: CredentialHolder,
  name: { readonly platform: string; readonly account?: string | undefined },
): TokenVault {
  return {
    async read(call) {
      const kept = await credentials.get(name, call);
      return kept && { token: toToken(kept.reveal(), name.platform), revision: kept.revision };
    },
    write: (token, ifRevision, call) => credentials.put(name, token, { ...call, ifRevision }),
  };
}

/** A vault that one process keeps by itself, for tests and scripts. */
export function memoryVault(token?: OAuthToken): TokenVault {
  let kept: VaultedToken | undefined = token && { token, revision: 1 };
  return {
    read: async () => kept,
    async write(next, ifRevision) {
      if ((kept?.revision ?? null) !== ifRevision) return undefined;
      kept = { token: next, revision: (kept?.revision ?? 0) + 1 };
      return kept.revision;
    },
  };
}

/** @throws TypeError for a credential that holds something else, such as an API key. */
function toToken(secret: JsonObject, platform: string): OAuthToken {
  const { accessToken, refreshToken, obtainedAt, expiresAt, scope, extra } = secret;
  if (typeof accessToken !== "string") {
    throw new TypeError(`The credential of ${platform} holds no accessToken: it is not one of OAuth`);
  }
  return {
    accessToken,
    ...(typeof refreshToken === "string" ? { refreshToken } : {}),
    ...(typeof obtainedAt === "string" ? { obtainedAt } : {}),
    ...(typeof expiresAt === "string" ? { expiresAt } : {}),
    ...(typeof scope === "string" ? { scope } : {}),
    ...(isObject(extra) ? { extra } : {}),
  };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
