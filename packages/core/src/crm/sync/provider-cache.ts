import type { CRMProvider } from "@salesagent/ports";
import type { CrmConnection } from "./connection.js";
import { OneAdapter } from "./one-adapter.js";

const MAX_PROVIDERS = 1_000;

type ProviderOfTenant = (tenant: string) => CRMProvider | Promise<CRMProvider>;

/** The adapters of one connection by tenant: each is made once, since it keeps to its credential's rate and breaker. */
export class ProviderCache {
  readonly #given: OneAdapter | ProviderOfTenant;
  readonly #byTenant = new Map<string, Promise<CRMProvider>>();

  /** @throws TypeError for a function that is said to be shared. */
  constructor(connection: string, { provider, shared = false }: Pick<CrmConnection, "provider" | "shared">) {
    if (typeof provider !== "function") {
      this.#given = shared ? () => provider : new OneAdapter(connection, provider);
      return;
    }
    if (shared) {
      throw new TypeError(`connections.${connection}.shared must go with one adapter, not with a function`);
    }
    this.#given = provider;
  }

  /** @throws `config.invalid` where one adapter, that is not said to be shared, serves another tenant. */
  async of(tenant: string): Promise<CRMProvider> {
    const given = this.#given;
    return given instanceof OneAdapter ? given.of(tenant) : this.#made(tenant, given);
  }

  /** For a request that nobody has proved, whose tenant may be made up; nothing where the one adapter serves another tenant. */
  async ofUnproved(tenant: string): Promise<CRMProvider | undefined> {
    const given = this.#given;
    return given instanceof OneAdapter ? given.ofUnproved(tenant) : this.#made(tenant, given);
  }

  async #made(tenant: string, make: ProviderOfTenant): Promise<CRMProvider> {
    const known = this.#byTenant.get(tenant) ?? Promise.resolve(make(tenant));
    // Put anew, so that the one that was not used for longest is the first.
    this.#byTenant.delete(tenant);
    this.#byTenant.set(tenant, known);
    for (const oldest of this.#byTenant.keys()) {
      if (this.#byTenant.size <= MAX_PROVIDERS) break;
      this.#byTenant.delete(oldest);
    }
    try {
      return await known;
    } catch (error) {
      this.#byTenant.delete(tenant);
      throw error;
    }
  }
}
