import type { JsonObject } from "@salesagent/ports";

/** What Node.js and its relatives ask an object to be shown by. */
const inspect = Symbol.for("nodejs.util.inspect.custom");

/** A credential that was opened. Its secret shows only when it is asked for: logs, JSON and dumps of it hold none. */
export class Credential<Secret extends JsonObject = JsonObject> {
  readonly platform: string;
  readonly account: string;
  /** Guards a later `put` against a lost update. */
  readonly revision: number;
  /** ISO 8601 in UTC. */
  readonly updatedAt: string;
  readonly #secret: Secret;

  constructor(about: Pick<Credential, "platform" | "account" | "revision" | "updatedAt">, secret: Secret) {
    this.platform = about.platform;
    this.account = about.account;
    this.revision = about.revision;
    this.updatedAt = about.updatedAt;
    this.#secret = secret;
  }

  /** The secret itself. Hand it on, and keep it nowhere. */
  reveal(): Secret {
    return this.#secret;
  }

  toJSON(): { platform: string; account: string; revision: number; updatedAt: string; secret: string } {
    const { platform, account, revision, updatedAt } = this;
    return { platform, account, revision, updatedAt, secret: "[sealed]" };
  }

  toString(): string {
    return `Credential(${this.platform}/${this.account})`;
  }

  [inspect](): string {
    return this.toString();
  }
}
