import type { StreamNotices, StreamWatch } from "@salesagent/ports";
import { closedStore } from "@salesagent/ports/store-rules";

type Listener = Parameters<StreamNotices["watch"]>[0];

/** Tells within this process which streams go on. */
export class MemoryStreamNotices implements StreamNotices {
  readonly port = "stream-notices/1";
  readonly #listeners = new Set<{ readonly on: Listener }>();
  #closed = false;

  watch(on: Listener): StreamWatch {
    if (this.#closed) throw closedStore("notices", "The storage");
    const listener = { on };
    this.#listeners.add(listener);
    const isLive = () => this.#listeners.has(listener);
    return {
      get isLive() {
        return isLive();
      },
      close: () => void this.#listeners.delete(listener),
    };
  }

  /** Whoever follows hears of it once the writer is through: what goes wrong there is none of the writer's. */
  tell(tenant: string, id: string): void {
    queueMicrotask(() => {
      for (const { on } of this.#listeners) on.told({ tenant, id });
    });
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
  }
}
