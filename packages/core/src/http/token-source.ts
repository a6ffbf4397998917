import { type CallOptions, type LeaseStore, systemClock, untilAborted } from "@salesagent/ports";
import { checkName, checkSpan } from "../resilience/check-option.js";
import type { TokenSource } from "./service-auth.js";
import type { GrantFields, TokenEndpoint } from "./token-endpoint.js";
import { TokenRenewal } from "./token-renewal.js";
import { isDue } from "./token-times.js";
import type { TokenVault } from "./token-vault.js";

/** How tokens of one credential are had. */
export interface TokenSourceOptions extends TokenEndpoint {
  readonly vault: TokenVault;
  /** Lets one process at a time refresh. Without it, only this process takes care that a refresh token is used once. */
  readonly leases?: LeaseStore | undefined;
  /** The lease's name, the same in all processes; 1–400 characters. @defaultValue `oauth/<platform>/<account>` */
  readonly leaseName?: string | undefined;
  /** Names this process to the lease. @defaultValue a UUID */
  readonly owner?: string | undefined;
  /** Fields of the token request, where it is not `grant_type=refresh_token`: such as `client_credentials` and its scope. */
  readonly grant?: GrantFields | undefined;
  /** How long before its end a token is refreshed, in milliseconds; at most half its life. @defaultValue 120,000 */
  readonly refreshAheadMs?: number | undefined;
  /** Refreshes when the service answers 401, for services that tell no end (Salesforce). @defaultValue false */
  readonly refreshOn401?: boolean | undefined;
}

/**
 * Makes a source of access tokens that refreshes them ahead of their end, once for all who ask, in this process and, by a lease and
 * a vault, in others. A new pair is in the vault before it is used. A dead grant is not tried again until somebody connected anew.
 *
 * Its `token` throws SalesAgentError `credential.not_found`, `credential.refused`, `service.…` of the token endpoint, and what the
 * vault throws.
 *
 * @throws TypeError or RangeError naming the option that makes no sense.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { platform, account = "default", refreshAheadMs = 120_000, clock = systemClock } = options;
  const { leaseName = `oauth/${platform}/${account}`, owner = crypto.randomUUID() } = options;
  checkName("tokenSource.platform", platform);
  checkName("tokenSource.leaseName", leaseName);
  checkSpan("tokenSource.refreshAheadMs", refreshAheadMs, 0);
  if (!URL.canParse(options.tokenUrl)) throw new TypeError("tokenSource.tokenUrl must be a URL");
  const settings = { ...options, account, refreshAheadMs, clock, leaseName, owner };
  const renewal = new TokenRenewal(settings);
  let renewing: Promise<string> | undefined;
  /** One at a time for all who ask; it goes on when those who wait for it left. */
  const renew = (refused?: string): Promise<string> => {
    renewing ??= renewal.renew(refused).finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  return {
    async token({ signal }: CallOptions = {}) {
      signal?.throwIfAborted();
      const known = renewal.current?.token;
      if (known && !isDue(known, settings)) return known.accessToken;
      return await untilAborted(renew(), signal);
    },
    async refused(token, { signal }: CallOptions = {}) {
      signal?.throwIfAborted();
      // Another process may have a newer one, or somebody connected again.
      const kept = await untilAborted(renewal.read(), signal);
      if (kept && kept.token.accessToken !== token) return true;
      if (options.refreshOn401 !== true) return false;
      return (await untilAborted(renew(token), signal)) !== token;
    },
  };
}
