import type { FlowQueue } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import type { FlowStorage, FlowStores } from "../flow-suite.js";

/** One thing broken in a storage that was sound, and the cases that must notice. */
export interface FlowSabotage {
  readonly create: () => FlowStorage;
  readonly fails: readonly string[];
}

type StoresOfTenant = FlowStores & { readonly tenant: string };

/** A memory storage, some stores of which are replaced, in transactions too. */
export function withFlowStores(
  change: (stores: StoresOfTenant, storage: FlowStorage) => Partial<FlowStores>,
): () => FlowStorage {
  return () => {
    const storage = memoryStorage();
    return {
      queue: storage.queue,
      [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
      tenant(id) {
        const tenant = storage.tenant(id);
        const wrap = (stores: StoresOfTenant): FlowStores => ({ ...stores, ...change(stores, storage) });
        return {
          ...wrap(tenant),
          transaction: (work, call) => tenant.transaction((stores) => work(wrap(stores)), call),
        };
      },
    };
  };
}

/** A memory storage whose queue is replaced. */
export function withQueue(
  change: (queue: FlowQueue, storage: FlowStorage) => Partial<FlowQueue>,
): () => FlowStorage {
  return () => {
    const storage: FlowStorage = memoryStorage();
    return {
      queue: { ...storage.queue, ...change(storage.queue, storage) },
      tenant: (id) => storage.tenant(id),
      [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
    };
  };
}

/** Whether others are inside at the same time. */
export class Crowd {
  #size = 0;

  async run<T>(act: (isAlone: boolean) => Promise<T>): Promise<T> {
    this.#size += 1;
    await Promise.resolve();
    try {
      return await act(this.#size === 1);
    } finally {
      this.#size -= 1;
    }
  }
}
