import type { TenantStores } from "@salesagent/ports";
import type { Executor } from "./executor.js";

const executors = new WeakMap<TenantStores, Executor>();

/** Remembers what runs the statements of a transaction's stores, for what else takes part in it. */
export function rememberTransaction(stores: TenantStores, executor: Executor): void {
  executors.set(stores, executor);
}

/** What runs the statements of the transaction that `stores` belong to; nothing for other stores. */
export function findTransaction(stores: TenantStores): Executor | undefined {
  return executors.get(stores);
}
