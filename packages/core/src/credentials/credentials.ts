import {
  type CallOptions,
  type CredentialStore,
  type JsonObject,
  type KeyRing,
  SalesAgentError,
  type SealedCredential,
  type Storage,
} from "@salesagent/ports";
import { Credential } from "./credential.js";
import { type EnvelopePlace, openEnvelope, rewrapEnvelope, sealEnvelope } from "./envelope.js";

/** What credentials are kept in, and sealed with. */
export interface CredentialsOptions {
  readonly storage: Storage;
  readonly keys: KeyRing;
}

/** Which credential; `account` tells several of one platform apart. @defaultValue account "default" */
export interface CredentialName {
  readonly platform: string;
  readonly account?: string | undefined;
}

/** What is known of a credential without opening it. */
export type CredentialEntry = Omit<SealedCredential, "sealed">;

/** How many credentials a rotation put under the current key, and which it could not open. */
export interface Rotation {
  readonly rotated: number;
  readonly unreadable: readonly Required<CredentialName>[];
}

/** The credentials of one tenant. */
export interface TenantCredentials {
  /**
   * @returns Nothing where there is none.
   * @throws `credential.unreadable` where it does not open: its key is not in the ring, or it was altered or moved.
   */
  get<Secret extends JsonObject = JsonObject>(
    name: CredentialName,
    call?: CallOptions,
  ): Promise<Credential<Secret> | undefined>;
  /** As `get`. @throws `credential.not_found` where there is none. */
  need<Secret extends JsonObject = JsonObject>(
    name: CredentialName,
    call?: CallOptions,
  ): Promise<Credential<Secret>>;
  /**
   * Seals and keeps a secret in the place of what stands.
   *
   * @param options.ifRevision - What it rests on; null where none may stand.
   * @returns The new revision; nothing when another stands, and nothing is changed then.
   */
  put(
    name: CredentialName,
    secret: JsonObject,
    options?: CallOptions & { readonly ifRevision?: number | null | undefined },
  ): Promise<number | undefined>;
  /** @returns False when it is not there. */
  remove(name: CredentialName, call?: CallOptions): Promise<boolean>;
  /** What there is, in the order of platform and account. */
  list(call?: CallOptions): Promise<readonly CredentialEntry[]>;
  /** Puts all under the ring's current key, after that was changed; secrets are not opened for it. It may be made again. */
  rotate(call?: CallOptions): Promise<Rotation>;
}

/** The credentials of all tenants; a tenant's can't be opened for another. */
export interface Credentials {
  tenant(id: string): TenantCredentials;
}

const DEFAULT_ACCOUNT = "default";

/**
 * Keeps credentials sealed: each under a data key of its own (AES-256-GCM), which the key ring wraps, both bound to tenant,
 * platform and account.
 *
 * @example
 * ```ts
 * const credentials = createCredentials({ storage, keys });
 * await credentials.tenant("acme").put({ platform: "close" }, { apiKey });
 * const { apiKey: opened } = (await credentials.tenant("acme").need<{ apiKey: string }>({ platform: "close" })).reveal();
 * ```
 */
export function createCredentials({ storage, keys }: CredentialsOptions): Credentials {
  return { tenant: (id) => new SealedCredentials(id, storage.tenant(id).credentials, keys) };
}

class SealedCredentials implements TenantCredentials {
  readonly #tenant: string;
  readonly #store: CredentialStore;
  readonly #keys: KeyRing;

  constructor(tenant: string, store: CredentialStore, keys: KeyRing) {
    this.#tenant = tenant;
    this.#store = store;
    this.#keys = keys;
  }

  async get<Secret extends JsonObject = JsonObject>(
    { platform, account = DEFAULT_ACCOUNT }: CredentialName,
    call?: CallOptions,
  ): Promise<Credential<Secret> | undefined> {
    const kept = await this.#store.get(platform, account, call);
    if (!kept) return undefined;
    const text = await openEnvelope(this.#keys, this.#place(kept), kept, call);
    if (text === undefined) throw unreadable(kept);
    // What was sealed by `put` is a JSON object: the tag of the seal proves that it is what was put.
    return new Credential<Secret>(kept, JSON.parse(text));
  }

  async need<Secret extends JsonObject = JsonObject>(
    name: CredentialName,
    call?: CallOptions,
  ): Promise<Credential<Secret>> {
    const found = await this.get<Secret>(name, call);
    if (!found) throw notFound(name);
    return found;
  }

  async put(
    { platform, account = DEFAULT_ACCOUNT }: CredentialName,
    secret: JsonObject,
    { ifRevision, signal }: CallOptions & { readonly ifRevision?: number | null | undefined } = {},
  ): Promise<number | undefined> {
    const place = this.#place({ platform, account });
    const { keyId, sealed } = await sealEnvelope(this.#keys, place, JSON.stringify(secret), { signal });
    return this.#store.put({ platform, account, keyId, sealed, ifRevision }, { signal });
  }

  remove({ platform, account = DEFAULT_ACCOUNT }: CredentialName, call?: CallOptions): Promise<boolean> {
    return this.#store.remove(platform, account, call);
  }

  async list(call?: CallOptions): Promise<readonly CredentialEntry[]> {
    const kept = await this.#store.list({}, call);
    return kept.map(({ sealed: _, ...entry }) => entry);
  }

  async rotate(call?: CallOptions): Promise<Rotation> {
    let rotated = 0;
    const unreadable: Required<CredentialName>[] = [];
    for (const kept of await this.#store.list({}, call)) {
      const { platform, account, revision } = kept;
      const next = await rewrapEnvelope(this.#keys, this.#place(kept), kept, call);
      if (!next) unreadable.push({ platform, account });
      // One that was written meanwhile is under the current key already.
      else if (await this.#store.put({ platform, account, ...next, ifRevision: revision }, call))
        rotated += 1;
    }
    return { rotated, unreadable };
  }

  #place({ platform, account }: Required<Pick<SealedCredential, "platform" | "account">>): EnvelopePlace {
    return { tenant: this.#tenant, platform, account };
  }
}

function unreadable({
  platform,
  account,
  keyId,
}: SealedCredential): SalesAgentError<"credential.unreadable"> {
  return new SalesAgentError("credential.unreadable", {
    message: `The credential ${platform}/${account} does not open with the key ${JSON.stringify(keyId)}. Give that key to the ring, or connect again.`,
    facts: { platform, account, keyId },
    replay: "safe",
  });
}

function notFound({
  platform,
  account = DEFAULT_ACCOUNT,
}: CredentialName): SalesAgentError<"credential.not_found"> {
  return new SalesAgentError("credential.not_found", {
    message: `This tenant has no credential ${platform}/${account}. Connect it first.`,
    facts: { platform, account },
    replay: "safe",
  });
}
