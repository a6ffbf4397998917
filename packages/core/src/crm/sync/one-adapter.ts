import { type CRMProvider, SalesAgentError } from "@salesagent/ports";

/**
 * An adapter that a connection was given in place of a function of the tenant. It is the first tenant's whom this process serves with
 * it, and no other's: with a second one, customers would read and write each other's CRM unnoticed.
 */
export class OneAdapter {
  readonly #connection: string;
  readonly #provider: CRMProvider;
  #tenant: string | undefined;

  constructor(connection: string, provider: CRMProvider) {
    this.#connection = connection;
    this.#provider = provider;
  }

  /** @throws `config.invalid` for any tenant but the first. */
  of(tenant: string): CRMProvider {
    const provider = this.ofUnproved(tenant);
    if (!provider) throw this.#ofAnother();
    this.#tenant = tenant;
    return provider;
  }

  /** For who may have made the tenant up, and does not become the first by it; nothing where another one is the first. */
  ofUnproved(tenant: string): CRMProvider | undefined {
    return this.#tenant === undefined || this.#tenant === tenant ? this.#provider : undefined;
  }

  /** Without the tenants' names: this one's people may come to read it. */
  #ofAnother(): SalesAgentError<"config.invalid"> {
    const name = this.#connection;
    return new SalesAgentError("config.invalid", {
      message: `The CRM connection ${JSON.stringify(name)} was given one adapter, which serves another tenant here; nothing was read or written. Let its provider be a function of the tenant, or say shared: true where all tenants are to read and write one CRM.`,
      facts: { option: `connections.${name}.provider` },
      replay: "safe",
    });
  }
}
