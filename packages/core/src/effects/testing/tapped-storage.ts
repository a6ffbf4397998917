import type { Clock, EffectStore } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import type { EffectStorage } from "../effect-storage.js";

/** What stands before and after each call of the ledger; may throw, as if the process or the storage had died there. */
export type Tap = (call: string, phase: "before" | "after") => void | Promise<void>;

/** A storage in memory, and views of it as processes have them. */
export function tappedStorage(clock: Clock) {
  const storage = memoryStorage({ clock });
  const connect = (tap: Tap = () => {}): EffectStorage => ({
    tenant(id) {
      const stores = storage.tenant(id);
      const within = async <T>(call: string, work: () => Promise<T>): Promise<T> => {
        await tap(call, "before");
        const value = await work();
        await tap(call, "after");
        return value;
      };
      return {
        ...stores,
        effects: tappedEffects(stores.effects, within),
        transaction: (work, options) => within("transaction", () => stores.transaction(work, options)),
      };
    },
  });
  return { storage, connect };
}

function tappedEffects(
  store: EffectStore,
  within: <T>(call: string, work: () => Promise<T>) => Promise<T>,
): EffectStore {
  return {
    ...store,
    settle: (...args) => within("settle", () => store.settle(...args)),
    renew: (...args) => within("renew", () => store.renew(...args)),
    reconcile: (...args) => within("reconcile", () => store.reconcile(...args)),
    get: (...args) => within("get", () => store.get(...args)),
  };
}
