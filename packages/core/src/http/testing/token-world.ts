import { type ManualClock, manualClock } from "@salesagent/conformance";
import { memoryStorage } from "@salesagent/storage-memory";
import { createTokenSource, type TokenSourceOptions } from "../token-source.js";
import { memoryVault, type OAuthToken } from "../token-vault.js";
import { rotatingEndpoint } from "./rotating-endpoint.js";

export const MINUTE_MS = 60_000;
export const SECRET = "client-secret-0123";

/** A token that ends in so many milliseconds. */
export function tokenOf(clock: ManualClock, leftMs: number): OAuthToken {
  return {
    accessToken: "access-0",
    refreshToken: "refresh-0",
    obtainedAt: new Date(clock.now() + leftMs - 3_600_000).toISOString(),
    expiresAt: new Date(clock.now() + leftMs).toISOString(),
    extra: { user_id: "user_1" },
  };
}

/** A rotating endpoint, and sources of one credential as several processes have them. */
export function tokenWorld(options: Partial<TokenSourceOptions> = {}, leftMs = 60 * MINUTE_MS) {
  const clock = manualClock();
  const endpoint = rotatingEndpoint();
  const vault = memoryVault(tokenOf(clock, leftMs));
  const { leases } = memoryStorage({ clock }).tenant("acme");
  const make = (more: Partial<TokenSourceOptions> = {}) =>
    createTokenSource({
      ...{ platform: "close", tokenUrl: "https://api.close.com/oauth2/token/", clientId: "id" },
      ...{ clientSecret: SECRET, vault, leases, clock, fetch: endpoint.fetch, random: () => 0 },
      ...options,
      ...more,
    });
  return { clock, endpoint, vault: options.vault ?? vault, leases, make, source: make() };
}
