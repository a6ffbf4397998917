import type { ApprovalStore, EffectStore, TenantStores, TransactionOptions } from "@salesagent/ports";

/** A tenant's stores, with those that effects are kept in. */
export type EffectStores = TenantStores & {
  readonly effects: EffectStore;
  readonly approvals: ApprovalStore;
};

/** The part of a `Storage` that effects stand on. */
export interface EffectStorage {
  tenant(id: string): EffectStores & {
    transaction<T>(work: (stores: EffectStores) => Promise<T>, options?: TransactionOptions): Promise<T>;
  };
}
