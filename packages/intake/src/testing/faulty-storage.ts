import type { TenantStorage } from "@salesagent/ports";
import type { ImportStorage } from "../import/import-options.js";

/** Counts down the places at which a process can die, and dies at the one that is wanted. */
export class Fuse {
  /** Places passed. */
  passed = 0;

  /** @param at - The place to die at; absent: never. */
  constructor(readonly at?: number) {}

  step(): void {
    if (this.passed++ === this.at) throw new Error("killed");
  }
}

/** A storage that dies before a transaction, inside it between its writes, at its end, or just after it was committed. */
export function fusedStorage(storage: TenantStorage, fuse: Fuse): ImportStorage {
  return {
    imports: storage.imports,
    async transaction(work, call) {
      fuse.step();
      const value = await storage.transaction(async ({ leads, imports }) => {
        const result = await work({
          leads,
          imports: {
            async save(record) {
              fuse.step();
              await imports.save(record);
            },
          },
        });
        fuse.step();
        return result;
      }, call);
      fuse.step();
      return value;
    },
  };
}
