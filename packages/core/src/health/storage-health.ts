import { type Clock, type HealthCheck, type Storage, systemClock } from "@salesagent/ports";
import { noteOf } from "./note-of.js";

/** How {@link storageHealth} works. */
export interface StorageHealthOptions {
  /** @defaultValue "storage" */
  readonly name?: string | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
}

/** Asks a storage whether it answers, and says how long it took. */
export function storageHealth(
  storage: Pick<Storage, "ping">,
  { name = "storage", clock = systemClock }: StorageHealthOptions = {},
): HealthCheck {
  return {
    async health(call = {}) {
      const startedMs = clock.elapsed();
      try {
        await storage.ping(call);
        return [{ name, status: "ok", latencyMs: clock.elapsed() - startedMs }];
      } catch (error) {
        if (call.signal?.aborted) throw call.signal.reason;
        const latencyMs = clock.elapsed() - startedMs;
        return [{ name, status: "down", note: noteOf(error), latencyMs }];
      }
    },
  };
}
