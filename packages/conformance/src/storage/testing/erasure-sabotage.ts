import type { ErasureStore, Storage, TenantStorage } from "@salesagent/ports";
import { withTenants } from "./sabotage.js";

export type Erase = ErasureStore["erase"];

/** A storage whose `erase` is another. */
export const withErase = (change: (tenant: TenantStorage, storage: Storage) => Erase) =>
  withTenants(() => (tenant, storage) => ({
    erasure: { ...tenant.erasure, erase: change(tenant, storage) },
  }));

/** A storage that remembers for each tenant whether somebody was erased. */
export const afterErase = (
  change: (tenant: TenantStorage, isErased: () => boolean) => Partial<TenantStorage>,
) =>
  withTenants(() => {
    const erased = new Set<string>();
    return (tenant) => ({
      ...change(tenant, () => erased.has(tenant.tenant)),
      erasure: {
        ...tenant.erasure,
        erase: async (person, call) => {
          erased.add(tenant.tenant);
          return tenant.erasure.erase(person, call);
        },
      },
    });
  });
