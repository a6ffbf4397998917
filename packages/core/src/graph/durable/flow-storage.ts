import type { FlowQueue, FlowStore } from "@salesagent/ports";

/** What durable runs are kept in: the part of a storage that they need. */
export interface FlowStorage {
  tenant(id: string): { readonly flows: FlowStore };
  readonly queue: FlowQueue;
}
