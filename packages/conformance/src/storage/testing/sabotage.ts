import type { Storage, StorageSupports, TenantStorage, TenantStores } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { FAR_AHEAD, LONG_AGO } from "../sample-shared-state.js";

/** One thing broken in a storage that was sound, and the cases that must notice. */
export interface Sabotage {
  readonly create: () => Storage;
  readonly fails: readonly string[];
}

type StoresChange = (stores: TenantStores, storage: Storage) => Partial<TenantStores>;

/** A memory storage, some stores of which are replaced, in transactions too. */
export function withStores(change: StoresChange): () => Storage {
  return () => {
    const storage = memoryStorage();
    const wrap = (stores: TenantStores): TenantStores => ({ ...stores, ...change(stores, storage) });
    return withTenant(storage, (tenant) => ({
      ...tenant,
      ...wrap(tenant),
      transaction: (work, call) => tenant.transaction((stores) => work(wrap(stores)), call),
    }));
  };
}

function withTenant(storage: Storage, change: (tenant: TenantStorage) => TenantStorage): Storage {
  return { ...storage, tenant: (id) => change(storage.tenant(id)) };
}

/**
 * A memory storage, some stores of whose tenants are replaced, outside of transactions.
 *
 * @param prepare - Called for each storage; what it keeps is that storage's.
 */
export function withTenants(
  prepare: () => (tenant: TenantStorage, storage: Storage) => Partial<TenantStorage>,
): () => Storage {
  return () => {
    const storage = memoryStorage();
    const change = prepare();
    return withTenant(storage, (tenant) => ({ ...tenant, ...change(tenant, storage) }));
  };
}

export function withTransaction(
  transaction: (tenant: TenantStorage) => TenantStorage["transaction"],
): () => Storage {
  return () => withTenant(memoryStorage(), (tenant) => ({ ...tenant, transaction: transaction(tenant) }));
}

/** A memory storage that says something else of itself. */
export function withSupports(supports: StorageSupports): () => Storage {
  return () => ({ ...memoryStorage(), supports });
}

/** What is over already, made to last. */
export function withoutEnd<T extends { readonly expiresAt?: string }>(item: T): T {
  return item.expiresAt === LONG_AGO ? { ...item, expiresAt: FAR_AHEAD } : item;
}
