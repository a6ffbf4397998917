import { type Clock, SalesAgentError, wait } from "@salesagent/ports";
import { retryAfterOf } from "../resilience/retry-after.js";
import { credentialRefused, LONGEST_REQUEST_MS, requestToken } from "./token-endpoint.js";
import type { TokenSourceOptions } from "./token-source.js";
import { holds, isDue } from "./token-times.js";
import type { OAuthToken, VaultedToken } from "./token-vault.js";

/** The options of a source with what a renewal needs. */
export interface RenewalSettings extends TokenSourceOptions {
  readonly account: string;
  readonly refreshAheadMs: number;
  readonly clock: Clock;
  readonly leaseName: string;
  readonly owner: string;
}

/** A lease outlives the slowest refresh, in milliseconds. */
const LEASE_MS = LONGEST_REQUEST_MS + 30_000;
/** How often one who waits for another process's refresh looks, in milliseconds. */
const LOOK_MS = 250;
/** While a token holds, a failed refresh is not tried again for so long, in milliseconds. */
const PAUSE_MS = 5_000;
/** Writes of a vault that others change meanwhile. */
const MOST_WRITES = 5;

/** The renewals of one credential's token in this process; one runs at a time. */
export class TokenRenewal {
  readonly #settings: RenewalSettings;
  #current: VaultedToken | undefined;
  /** Came from the endpoint and is not in the vault yet: the only copy there is. */
  #unsaved: { readonly token: OAuthToken; readonly from: VaultedToken | undefined } | undefined;
  #dead: { readonly refreshToken: string; readonly error: SalesAgentError } | undefined;
  /** A failure that holds until then, by `elapsed()`. */
  #pause: { readonly untilMs: number; readonly error: unknown } | undefined;

  constructor(settings: RenewalSettings) {
    this.#settings = settings;
  }

  /** As it was in the vault when this process looked last. */
  get current(): VaultedToken | undefined {
    return this.#current;
  }

  async read(): Promise<VaultedToken | undefined> {
    this.#current = await this.#settings.vault.read();
    return this.#current;
  }

  /**
   * An access token that is good for the next request.
   *
   * @param refused - One that the service did not take, although it should hold.
   */
  async renew(refused?: string): Promise<string> {
    if (this.#unsaved) await this.#save();
    const kept = await this.read();
    if (kept && this.#isGood(kept.token, refused)) return kept.token.accessToken;
    const spare =
      kept && refused === undefined && holds(kept.token, this.#settings.clock) ? kept.token : undefined;
    try {
      const renewed = await this.#renewAlone(refused, spare);
      return renewed.accessToken;
    } catch (error) {
      // While a token holds, an endpoint that is away harms nobody.
      if (!spare || this.#unsaved || SalesAgentError.is(error, "credential.refused")) throw error;
      this.#rest(error, Math.max(PAUSE_MS, retryAfterOf(error) ?? 0));
      return spare.accessToken;
    }
  }

  #isGood(token: OAuthToken, refused: string | undefined): boolean {
    return refused === undefined ? !isDue(token, this.#settings) : token.accessToken !== refused;
  }

  /** Renews under the lease, or takes what its owner renewed meanwhile. */
  async #renewAlone(refused: string | undefined, spare: OAuthToken | undefined): Promise<OAuthToken> {
    this.#checkPause();
    const { leases, leaseName, owner, clock } = this.#settings;
    if (!leases) return await this.#refresh();
    const startedMs = clock.elapsed();
    while ((await leases.acquire(leaseName, owner, LEASE_MS)) === undefined) {
      // Another process sees to the next token; this one still holds.
      if (spare) return spare;
      if (clock.elapsed() - startedMs > LEASE_MS) throw this.#leaseStuck();
      await wait(clock, LOOK_MS);
      const kept = await this.read();
      if (kept && this.#isGood(kept.token, refused)) return kept.token;
    }
    try {
      const kept = await this.read();
      return kept && this.#isGood(kept.token, refused) ? kept.token : await this.#refresh();
    } finally {
      // One that can't be given back now is over by itself later.
      await leases.release(leaseName, owner).catch(() => {});
    }
  }

  async #refresh(): Promise<OAuthToken> {
    const from = this.#current;
    const grant = this.#settings.grant ?? this.#refreshGrant(from);
    const token = await this.#request(grant, from);
    if (!token) return this.#newer();
    const refreshToken = token.refreshToken ?? from?.token.refreshToken;
    // Some services tell what belongs to the grant at the first exchange only.
    const extra = { ...from?.token.extra, ...token.extra };
    this.#unsaved = {
      token: {
        ...token,
        ...(refreshToken === undefined ? {} : { refreshToken }),
        ...(Object.keys(extra).length > 0 ? { extra } : {}),
      },
      from,
    };
    return await this.#save();
  }

  #refreshGrant(from: VaultedToken | undefined): Readonly<Record<string, string>> {
    const { platform, account } = this.#settings;
    if (!from) {
      throw new SalesAgentError("credential.not_found", {
        message: `No token of ${platform} (${account}) is kept. Connect the account first.`,
        facts: { platform, account },
        replay: "safe",
      });
    }
    const { refreshToken } = from.token;
    if (refreshToken === undefined) {
      const message = `The token of ${platform} (${account}) is over, and none came with it to refresh it. Connect the account again.`;
      throw credentialRefused({ platform, account }, "expired", message);
    }
    if (this.#dead?.refreshToken === refreshToken) throw this.#dead.error;
    return { grant_type: "refresh_token", refresh_token: refreshToken };
  }

  /** @returns Nothing where the grant was used by somebody else meanwhile, whose token is in the vault. */
  async #request(
    grant: Readonly<Record<string, string>>,
    from: VaultedToken | undefined,
  ): Promise<OAuthToken | undefined> {
    try {
      return await requestToken(this.#settings, grant);
    } catch (error) {
      const waitMs = retryAfterOf(error);
      if (waitMs !== undefined) this.#rest(error, waitMs);
      const refreshToken = from?.token.refreshToken;
      if (!SalesAgentError.is(error, "credential.refused") || refreshToken === undefined) throw error;
      if ((await this.read())?.token.refreshToken !== refreshToken) return undefined;
      this.#dead = { refreshToken, error };
      throw error;
    }
  }

  #newer(): OAuthToken {
    const { token } = this.#current ?? {};
    if (token && holds(token, this.#settings.clock)) return token;
    throw this.#vaultChanges();
  }

  /** Keeps what came from the endpoint before anybody gets it. Where the vault is away, it is kept here until it is back. */
  async #save(): Promise<OAuthToken> {
    const { vault } = this.#settings;
    for (let writes = 0; this.#unsaved && writes < MOST_WRITES; writes++) {
      const { token, from } = this.#unsaved;
      const revision = await vault.write(token, from?.revision ?? null);
      if (revision !== undefined) {
        this.#unsaved = undefined;
        this.#current = { token, revision };
        return token;
      }
      const kept = await this.read();
      // Sealed anew, it still is what ours came from; anything else is newer than ours: somebody connected again.
      const isOurs =
        kept?.token.refreshToken === from?.token.refreshToken &&
        kept?.token.accessToken === from?.token.accessToken;
      this.#unsaved = isOurs ? { token, from: kept } : undefined;
      if (!isOurs && kept) return kept.token;
    }
    throw this.#vaultChanges();
  }

  #rest(error: unknown, waitMs: number): void {
    this.#pause = { untilMs: this.#settings.clock.elapsed() + waitMs, error };
  }

  #checkPause(): void {
    if (this.#pause && this.#settings.clock.elapsed() < this.#pause.untilMs) throw this.#pause.error;
    this.#pause = undefined;
  }

  #leaseStuck(): SalesAgentError {
    const { platform, leaseName } = this.#settings;
    return new SalesAgentError("service.unavailable", {
      message: `Another process has had the lease ${leaseName} for ${LEASE_MS} ms and kept no new token of ${platform}. Try again later.`,
      facts: { service: platform },
      replay: "safe",
    });
  }

  #vaultChanges(): SalesAgentError {
    const { platform, account } = this.#settings;
    return new SalesAgentError("service.unavailable", {
      message: `The vault's token of ${platform} (${account}) was removed, or changed with every try to write it. Try again, or connect again.`,
      facts: { service: platform },
      replay: "safe",
    });
  }
}
