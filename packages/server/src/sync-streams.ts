import type { SalesAgent } from "@salesagent/core/app";
import type { SyncProgress, SyncRunOptions } from "@salesagent/core/crm";
import type { StreamWriter } from "@salesagent/core/live";
import {
  type CallOptions,
  type Clock,
  type JsonValue,
  onAbort,
  SalesAgentError,
  type StoredError,
  type StreamRecord,
} from "@salesagent/ports";
import { endAbandoned, isQuiet } from "./abandoned-syncs.js";
import { asKindsRefused } from "./routes/known-sync.js";

/** What is asked of a sync by hand. */
export type SyncWishes = Pick<SyncRunOptions, "kinds" | "direction" | "full">;

/** A sync that somebody asks for. */
export interface SyncRequest extends SyncWishes {
  readonly tenant: string;
  readonly connection: string;
  /** Who asks. */
  readonly by: string;
}

export interface BegunSync {
  /** Of the stream that tells it. */
  readonly streamId: string;
  /** One of this connection was going on here already, and is told. */
  readonly joined: boolean;
}

interface RunningSync {
  readonly streamId: string;
  readonly end: (reason: unknown) => void;
  readonly over: Promise<void>;
}

type App = Pick<SalesAgent, "streams" | "sync" | "storage" | "events">;

/** What the streams of a connection's syncs are named by. */
const SOURCE = "sync:";

/** How long a sync may take to stop when its server closes, in milliseconds. */
const CLOSING_MS = 5_000;

/** Runs syncs in this process and tells each as a stream: of a tenant's connection one at a time. */
export class SyncStreams implements AsyncDisposable {
  readonly #app: App;
  readonly #clock: Clock;
  readonly #createId: () => string;
  readonly #onError: (error: unknown) => void;
  readonly #running = new Map<string, Promise<RunningSync>>();
  readonly #own = new Set<string>();
  readonly #listening: Disposable;
  #isClosed = false;

  constructor(options: {
    readonly sales: App;
    readonly clock: Clock;
    readonly createId: () => string;
    readonly onError: (error: unknown) => void;
  }) {
    this.#app = options.sales;
    this.#clock = options.clock;
    this.#createId = options.createId;
    this.#onError = options.onError;
    // Whoever reads how syncs stand finds those of dead processes out: their streams end as well.
    this.#listening = this.#app.events.on("sync-failed", ({ tenant, connection }) => {
      this.#sweep(tenant, connection).catch(this.#onError);
    });
  }

  /** @throws What the storage throws; nothing was begun then. */
  async begin(request: SyncRequest): Promise<BegunSync> {
    if (this.#isClosed) throw closed();
    const name = JSON.stringify([request.tenant, request.connection]);
    const known = this.#running.get(name);
    if (known) return { streamId: (await known).streamId, joined: true };
    const streamId = this.#createId();
    const onOver = () => {
      this.#running.delete(name);
      this.#own.delete(streamId);
    };
    this.#own.add(streamId);
    const running = this.#open(request, streamId, onOver);
    this.#running.set(name, running);
    try {
      return { streamId: (await running).streamId, joined: false };
    } catch (error) {
      onOver();
      throw error;
    }
  }

  /**
   * Before the stream of a sync is told: ends it where its process died, also where that was found out elsewhere.
   *
   * @returns Whether it may have changed.
   */
  async settle(tenant: string, stream: StreamRecord, call?: CallOptions): Promise<boolean> {
    const { id, source, status } = stream;
    const isSync = source.startsWith(SOURCE) && status === "open";
    if (!isSync || this.#own.has(id) || !isQuiet(stream, this.#clock)) return false;
    const connection = source.slice(SOURCE.length);
    await this.#app.sync?.tenant(tenant).history({ connection, status: "running" }, undefined, call);
    await this.#sweep(tenant, connection);
    return true;
  }

  /** As {@link settle}, of streams in a list: once for each connection. */
  async settleAll(tenant: string, streams: readonly StreamRecord[], call?: CallOptions): Promise<boolean> {
    const settled = new Set<string>();
    for (const stream of streams) {
      const { source } = stream;
      if (!settled.has(source) && (await this.settle(tenant, stream, call))) settled.add(source);
    }
    return settled.size > 0;
  }

  /** Stops what goes on, and waits until it is on record as stopped; not for ever for a CRM that does not heed it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#listening[Symbol.dispose]();
    const ended = this.#endAll();
    await new Promise<void>((resolve) => {
      const timer = this.#clock.schedule(CLOSING_MS, resolve);
      ended.finally(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  async #endAll(): Promise<void> {
    const all = await Promise.allSettled(this.#running.values());
    await Promise.all(
      all.map(async (each) => {
        if (each.status === "rejected") return;
        each.value.end(closed());
        await each.value.over;
      }),
    );
  }

  async #open(request: SyncRequest, streamId: string, onOver: () => void): Promise<RunningSync> {
    const { tenant, connection, by } = request;
    const { streams, storage } = this.#app;
    await storage.tenant(tenant).audit.addMany([this.#record(request, streamId)]);
    await streams.open(tenant, { id: streamId, source: SOURCE + connection, startedBy: by });
    const writer = await streams.writer(tenant, streamId, { fence: 1 });
    const stop = new AbortController();
    const over = this.#run(request, writer, stop).catch(this.#onError).finally(onOver);
    return { streamId, end: (reason) => stop.abort(reason), over };
  }

  async #run(request: SyncRequest, writer: StreamWriter, stop: AbortController): Promise<void> {
    const { tenant, connection, by: _, ...wishes } = request;
    const release = onAbort(writer.stopped, () => stop.abort(writer.stopped.reason));
    try {
      const { sync } = this.#app;
      if (!sync) throw new TypeError("the app has no CRM");
      for await (const event of sync.tenant(tenant).run(connection, { ...wishes, signal: stop.signal })) {
        await writer.write(toStreamEvent(event));
        if (event.type === "started") this.#sweep(tenant, connection).catch(this.#onError);
      }
      await writer.end({ status: "completed" });
    } catch (error) {
      await writer.end(
        stop.signal.aborted
          ? { status: "cancelled" }
          : { status: "failed", error: stored(asKindsRefused(error)) },
      );
    } finally {
      release();
    }
  }

  /** Ends the streams of runs that are over, and whose processes can't say so any more. */
  async #sweep(tenant: string, connection: string): Promise<void> {
    const { streams, storage } = this.#app;
    const stores = storage.tenant(tenant);
    await endAbandoned({ tenant, connection, own: this.#own, streams, stores, clock: this.#clock });
  }

  #record({ connection, by, kinds, direction, full }: SyncRequest, streamId: string) {
    const facts = {
      streamId,
      ...(kinds && { kinds }),
      ...(direction && { direction }),
      ...(full && { full }),
    };
    const at = new Date(this.#clock.now()).toISOString();
    const subject = `connection:${connection}`;
    return { id: this.#createId(), at, actor: by, action: "sync-requested", subject, facts };
  }
}

/** `sync-started`, `sync-progress`, `sync-braked` or `sync-completed`, with what is told of it. */
function toStreamEvent({ type, ...data }: SyncProgress): { readonly type: string; readonly data: JsonValue } {
  return { type: `sync-${type}`, data: data as unknown as JsonValue };
}

function stored(error: unknown): StoredError {
  if (SalesAgentError.is(error)) return { code: error.code, message: error.message };
  return { code: "internal", message: "The sync failed here." };
}

function closed(): SalesAgentError<"store.closed"> {
  return new SalesAgentError("store.closed", {
    message: "The server is closing. Ask again in a moment.",
    facts: { store: "server" },
    replay: "safe",
  });
}
