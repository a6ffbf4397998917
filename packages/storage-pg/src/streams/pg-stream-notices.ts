import type { Clock, StreamNotices, StreamWatch, Timer } from "@salesagent/ports";
import { closedStore } from "@salesagent/ports/store-rules";
import type { Listen, Listening } from "../listening.js";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

export interface StreamNoticesOptions {
  /** Undefined where nobody can be told. */
  readonly listen: Listen | undefined;
  readonly channel: string;
  readonly clock: Clock;
  readonly random: () => number;
}

type Watcher = Parameters<StreamNotices["watch"]>[0];

/**
 * Tells which streams go on, while somebody watches. A line that broke, or did not come about, is made anew, later after each
 * failure; as soon as it stands, all are told that they may have missed something.
 */
export class PgStreamNotices implements StreamNotices {
  readonly port = "stream-notices/1";
  readonly #watchers = new Set<{ readonly on: Watcher }>();
  #listening: Listening | undefined;
  #isConnecting = false;
  #closed = false;
  #failures = 0;
  #pause: Timer | undefined;

  constructor(private readonly options: StreamNoticesOptions) {}

  watch(on: Watcher): StreamWatch {
    if (this.#closed) throw closedStore("notices", "The storage");
    const watcher = { on };
    this.#watchers.add(watcher);
    this.#connect();
    const isLive = () => this.#listening !== undefined && this.#watchers.has(watcher);
    return {
      get isLive() {
        return isLive();
      },
      close: () => this.#leave(watcher),
    };
  }

  close(): void {
    this.#closed = true;
    this.#watchers.clear();
    this.#rest();
  }

  #leave(watcher: { readonly on: Watcher }): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) this.#rest();
  }

  #rest(): void {
    this.#pause?.cancel();
    this.#pause = undefined;
    this.#listening?.close();
    this.#listening = undefined;
  }

  /** Begins to listen, where somebody watches and it is not about to. */
  #connect(): void {
    const { listen, channel } = this.options;
    if (listen === undefined || this.#watchers.size === 0) return;
    if (this.#isConnecting || this.#listening !== undefined || this.#pause !== undefined) return;
    this.#isConnecting = true;
    let isLost = false;
    const on = {
      told: (notice: string) => this.#tell(notice),
      lost: () => {
        isLost = true;
        this.#lose();
      },
    };
    listen(channel, on).then(
      (listening) => {
        this.#isConnecting = false;
        if (this.#watchers.size === 0) return listening.close();
        if (isLost) return this.#connectLater();
        this.#listening = listening;
        this.#failures = 0;
        for (const watcher of this.#watchers) watcher.on.missed();
      },
      () => {
        this.#isConnecting = false;
        this.#connectLater();
      },
    );
  }

  #lose(): void {
    if (this.#listening === undefined) return;
    this.#listening = undefined;
    this.#connectLater();
  }

  #connectLater(): void {
    if (this.#watchers.size === 0) return;
    const { clock, random } = this.options;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#pause = clock.schedule(pauseMs * (0.5 + random() / 2), () => {
      this.#pause = undefined;
      this.#connect();
    });
  }

  #tell(notice: string): void {
    const streams = toStreams(notice);
    for (const { on } of this.#watchers) {
      if (streams === undefined) on.missed();
      else for (const id of streams.ids) on.told({ tenant: streams.tenant, id });
    }
  }
}

/** What a notice names; nothing where that was too much for it. */
function toStreams(notice: string): { readonly tenant: string; readonly ids: readonly string[] } | undefined {
  try {
    const [tenant, ids] = JSON.parse(notice) as readonly [string, readonly string[]];
    return typeof tenant === "string" && Array.isArray(ids) ? { tenant, ids } : undefined;
  } catch {
    return undefined;
  }
}
