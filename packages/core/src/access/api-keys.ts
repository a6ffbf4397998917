import {
  type ApiKeyRecord,
  type CallOptions,
  type Clock,
  createSortableIds,
  type JsonObject,
  type Page,
  type PageRequest,
  type Role,
  type Storage,
  systemClock,
} from "@salesagent/ports";
import { sha256Base64Url } from "../kernel/sha256.js";
import { KeyCache } from "./key-cache.js";
import { createSecret, fromKeyText, refusedKey, toKeyText } from "./key-text.js";
import { isPermission, type Permission, ROLES } from "./permission.js";
import type { Principal } from "./principal.js";
import { isSameText } from "./same-text.js";

/** What API keys are made with. */
export interface ApiKeysOptions {
  readonly storage: Storage;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes the ids of keys: letters, digits, `-` and `_`, 1–100. @defaultValue UUIDs of version 7 */
  readonly createId?: (() => string) | undefined;
  /** Fills bytes that nobody can guess. @defaultValue `crypto.getRandomValues` */
  readonly random?: ((bytes: Uint8Array<ArrayBuffer>) => void) | undefined;
}

/** What a new key may do, and for whom it is. */
export interface ApiKeyRequest {
  /** What it is for; 1–200 characters. */
  readonly name: string;
  readonly role: Role;
  /** The only permissions of the role that it has. @defaultValue all of the role */
  readonly scopes?: readonly Permission[] | undefined;
  /** ISO 8601 in UTC. @defaultValue never */
  readonly expiresAt?: string | undefined;
  /** Who makes it, such as `user:42`. */
  readonly by: string;
}

/** A key without what would prove it. */
export type ApiKeyView = Omit<ApiKeyRecord, "hash">;

/** Keys with which programs call the app. */
export interface ApiKeys {
  /**
   * Makes a key. Its text is told this once and kept nowhere.
   *
   * @throws TypeError for a scope that is no permission or a role that there is not; RangeError for an `expiresAt` that is over.
   */
  issue(
    tenant: string,
    request: ApiKeyRequest,
    call?: CallOptions,
  ): Promise<{ readonly key: string; readonly record: ApiKeyView }>;
  /**
   * Who a key stands for. A key that another process revoked may be good for up to 30 seconds still.
   *
   * @throws `access.unauthenticated` for a key that is malformed, unknown, expired or revoked.
   */
  verify(key: string, call?: CallOptions): Promise<Principal>;
  /** @returns False when there is none of this id, or it is revoked already. */
  revoke(
    tenant: string,
    id: string,
    revocation: { readonly by: string },
    call?: CallOptions,
  ): Promise<boolean>;
  /** Latest first; revoked and expired ones too. */
  list(tenant: string, page?: PageRequest, call?: CallOptions): Promise<Page<ApiKeyView>>;
}

/** How often a use is noted at most, in milliseconds. */
const TOUCH_MS = 60_000;
/** Compared with where there is no key, so that the time taken does not tell which ids there are. */
const NO_HASH = "-".repeat(43);

/**
 * API keys of the form `sak_<tenant>.<id>.<secret>`. Of a secret only its SHA-256 is kept: it is 32 random bytes, which no
 * dictionary finds. Making and revoking one is on record in the audit trail.
 */
export function createApiKeys(options: ApiKeysOptions): ApiKeys {
  return new StoredApiKeys(options);
}

class StoredApiKeys implements ApiKeys {
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #createId: () => string;
  readonly #random: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly #cache: KeyCache;
  /** When each key's use was noted last, by this process. */
  readonly #touched = new Map<string, number>();

  constructor({ storage, clock = systemClock, createId, random }: ApiKeysOptions) {
    this.#storage = storage;
    this.#clock = clock;
    this.#createId = createId ?? createSortableIds(clock);
    this.#random = random ?? ((bytes) => void crypto.getRandomValues(bytes));
    this.#cache = new KeyCache(clock);
  }

  async issue(tenant: string, request: ApiKeyRequest, call?: CallOptions) {
    const { name, role, scopes, expiresAt, by } = request;
    checkRequest(request, this.#clock.now());
    const [id, secret] = [this.#createId(), createSecret(this.#random)];
    const record: ApiKeyRecord = {
      ...{ id, name, role, createdBy: by, createdAt: this.#now(), hash: await sha256Base64Url(secret) },
      ...(scopes && { scopes: [...new Set(scopes)] }),
      ...(expiresAt !== undefined && { expiresAt }),
    };
    await this.#storage.tenant(tenant).transaction(async ({ apiKeys, audit }) => {
      if (!(await apiKeys.add(record, call))) throw new TypeError("createId must give each key another id");
      const facts = {
        name,
        role,
        ...(record.scopes && { scopes: record.scopes }),
        ...(expiresAt && { expiresAt }),
      };
      await audit.addMany([this.#entry("api-key-issued", id, by, facts)], call);
    }, call);
    return { key: toKeyText({ tenant, id, secret }), record: toView(record) };
  }

  async verify(key: string, call?: CallOptions): Promise<Principal> {
    const { tenant, id, secret } = fromKeyText(key);
    const hash = await sha256Base64Url(secret);
    const record = await this.#read(tenant, id, call);
    const same = isSameText(record?.hash ?? NO_HASH, hash);
    if (!record || !same) throw refusedKey("unknown");
    if (record.revokedAt !== undefined) throw refusedKey("revoked");
    if (isOver(record, this.#clock.now())) throw refusedKey("expired");
    this.#touch(tenant, record);
    const scopes = record.scopes?.filter(isPermission);
    return { tenant, id: `key:${id}`, role: record.role, name: record.name, ...(scopes && { scopes }) };
  }

  async revoke(
    tenant: string,
    id: string,
    { by }: { readonly by: string },
    call?: CallOptions,
  ): Promise<boolean> {
    const revoked = await this.#storage.tenant(tenant).transaction(async ({ apiKeys, audit }) => {
      if (!(await apiKeys.revoke(id, this.#now(), call))) return false;
      await audit.addMany([this.#entry("api-key-revoked", id, by, {})], call);
      return true;
    }, call);
    this.#cache.forget(nameOf(tenant, id));
    return revoked;
  }

  async list(tenant: string, page?: PageRequest, call?: CallOptions): Promise<Page<ApiKeyView>> {
    const { items, ...rest } = await this.#storage.tenant(tenant).apiKeys.list(page, call);
    return { items: items.map(toView), ...rest };
  }

  #read(tenant: string, id: string, call?: CallOptions): Promise<ApiKeyRecord | undefined> {
    let store: ReturnType<Storage["tenant"]>;
    try {
      store = this.#storage.tenant(tenant);
    } catch {
      throw refusedKey("malformed"); // no tenant can have such a name
    }
    // One read serves all who ask meanwhile, so it is not any one caller's to abort.
    call?.signal?.throwIfAborted();
    return this.#cache.get(nameOf(tenant, id), () => store.apiKeys.get(id));
  }

  /** Nobody waits for it, and a storage that can't take it down does not refuse the key for that. */
  #touch(tenant: string, { id, lastUsedAt }: ApiKeyRecord): void {
    const [name, now] = [nameOf(tenant, id), this.#clock.now()];
    const last = this.#touched.get(name) ?? (lastUsedAt === undefined ? undefined : Date.parse(lastUsedAt));
    if (last !== undefined && now - last < TOUCH_MS) return;
    this.#touched.delete(name);
    this.#touched.set(name, now);
    const [oldest] = this.#touched.keys();
    if (this.#touched.size > 1_000 && oldest !== undefined) this.#touched.delete(oldest);
    this.#storage
      .tenant(tenant)
      .apiKeys.touch(id, this.#now())
      .catch(() => {});
  }

  #entry(action: string, id: string, actor: string, facts: JsonObject) {
    return { id: crypto.randomUUID(), at: this.#now(), actor, action, subject: `api-key:${id}`, facts };
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

const nameOf = (tenant: string, id: string): string => `${id}/${tenant}`;

const isOver = ({ expiresAt }: Pick<ApiKeyRecord, "expiresAt">, now: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= now;

function toView({ hash: _, ...view }: ApiKeyRecord): ApiKeyView {
  return view;
}

function checkRequest({ name, role, scopes = [], expiresAt, by }: ApiKeyRequest, now: number): void {
  if (!ROLES.includes(role)) throw new TypeError(`role must be one of ${ROLES.join(", ")}`);
  if (name.length < 1 || name.length > 200) throw new RangeError("name must have 1–200 characters");
  if (by === "") throw new RangeError("by must say who makes the key");
  const strange = scopes.find((scope) => !isPermission(scope));
  if (strange !== undefined) throw new TypeError(`scopes: ${JSON.stringify(strange)} is no permission`);
  if (expiresAt === undefined) return;
  if (!(Date.parse(expiresAt) > now))
    throw new RangeError("expiresAt must be a time to come, ISO 8601 in UTC");
}
