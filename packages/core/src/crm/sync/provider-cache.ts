import type { CRMProvider } from "@salesagent/ports";
import type { CrmConnection } from "./connection.js";

const MAX_PROVIDERS = 1_000;

/** The adapters of one connection by tenant: each is made once, since it keeps to its credential's rate and breaker. */
export class ProviderCache {
  readonly #given: CrmConnection["provider"];
  readonly #byTenant = new Map<string, Promise<CRMProvider>>();

  constructor(given: CrmConnection["provider"]) {
    this.#given = given;
  }

  async of(tenant: string): Promise<CRMProvider> {
    const given = this.#given;
    if (typeof given !== "function") return given;
    const known = this.#byTenant.get(tenant) ?? Promise.resolve(given(tenant));
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
