import type { BudgetStore, Clock, Storage, TenantStorage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";

/** What stands between budgets and their store: may throw, wait, or note what was called. */
export type Tap = (method: keyof BudgetStore, args: readonly unknown[]) => void | Promise<void>;

/** A storage in memory whose budgets are tapped. */
export function tappedStorage(clock: Clock, tap: Tap = () => {}): Storage {
  const storage = memoryStorage({ clock });
  return {
    ...storage,
    tenant(id): TenantStorage {
      const stores = storage.tenant(id);
      return { ...stores, budgets: tapped(stores.budgets, tap) };
    },
  };
}

function tapped(store: BudgetStore, tap: Tap): BudgetStore {
  return {
    port: store.port,
    async reserve(...args) {
      await tap("reserve", args);
      return store.reserve(...args);
    },
    async settle(...args) {
      await tap("settle", args);
      return store.settle(...args);
    },
    async renew(...args) {
      await tap("renew", args);
      return store.renew(...args);
    },
    async lapse(...args) {
      await tap("lapse", args);
      return store.lapse(...args);
    },
    async read(...args) {
      await tap("read", args);
      return store.read(...args);
    },
  };
}
