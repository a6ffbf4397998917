import type {
  CallOptions,
  Clock,
  Page,
  PageRequest,
  Storage,
  StoredStreamEvent,
  StreamDraft,
  StreamFilter,
  StreamRecord,
  StreamWrite,
} from "@salesagent/ports";

/** How streams are written and followed. */
export interface LiveStreamsOptions {
  readonly storage: Pick<Storage, "tenant" | "notices">;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** How often followed streams are looked at while nothing tells of them, in milliseconds ≥ 10. @defaultValue 250 */
  readonly pollMs?: number | undefined;
  /** How long events gather from one append to the next, in milliseconds ≥ 0. @defaultValue 20 */
  readonly flushMs?: number | undefined;
  /**
   * The last events of each followed stream that are held for all its readers, for a minute at most; a whole number ≥ 1.
   *
   * @defaultValue 1_000
   */
  readonly tailEvents?: number | undefined;
  /** Told when the store fails; what is written and who reads goes on by itself. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** How a stream ends. */
export type StreamEnd = NonNullable<StreamWrite["end"]>;

/** One thing that is told, before it has its number. */
export type StreamEvent = Omit<StoredStreamEvent, "seq">;

/** Writes one stream, alone: whoever wrote it with an older fence is shut out. */
export interface StreamWriter {
  readonly id: string;
  /** The number of the last event when this writer began; 0 where it is the first. */
  readonly begunAfter: number;
  /**
   * Tells one thing. It stands a little later; see `flush`. Texts of one model answer that wait beside one another become one event.
   *
   * @returns Nothing, or a promise where too much waits for the store already: await it before telling more.
   * @throws The reason of `stopped`, once the writer is shut out.
   */
  write(event: StreamEvent): void | Promise<void>;
  /** Resolves when all that was told stands. @throws Why it can't. */
  flush(): Promise<void>;
  /** Ends the stream after all that was told. An end that stands is not changed by another. @throws Why it can't. */
  end(outcome: StreamEnd): Promise<void>;
  /** Writes what waits, and lets go of the stream without ending it. Whoever tells something afterwards is refused. */
  close(): Promise<void>;
  /** Who asked for the stream's end, once somebody has. */
  readonly stopAsked: NonNullable<StreamRecord["stop"]> | undefined;
  /**
   * Aborts when nothing more should be told: somebody asked for the end (`graph.stopped`), somebody else writes now (`flow.fenced`),
   * the stream has ended (`flow.wrong_state`), is gone (`stream.unknown`), or more was told than could be kept (`stream.overrun`).
   * After `graph.stopped` what there is to say of the end can still be written.
   */
  readonly stopped: AbortSignal;
}

/** Where a reader begins. */
export interface FollowOptions {
  /** The number of the last event that is known. @defaultValue 0 */
  readonly after?: number | undefined;
  /** Ends the reading with its own reason. The stream goes on. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads one stream: every event once, in order, until the stream ends. It holds nothing but where it is; leave it by `break` or
 * `return`. The events are shared by all readers of the process: don't change them.
 */
export interface StreamReader extends AsyncIterableIterator<StoredStreamEvent, void, void> {
  /** The number of the last event that was given out. */
  readonly position: number;
  /** The stream as it was last seen; when the events are over, with how it ended. Absent before the first read. */
  readonly record: StreamRecord | undefined;
  /** @throws `stream.unknown`; the signal's reason; what the store throws. */
  next(): Promise<IteratorResult<StoredStreamEvent, void>>;
  /** The events that have come already, without waiting, and without those of before an erasure. Only between two `next`. */
  buffered(): readonly StoredStreamEvent[];
  return(): Promise<IteratorResult<StoredStreamEvent, void>>;
}

/** Streams that outlive the connection of whoever reads them, and the process of whoever writes them. */
export interface LiveStreams extends AsyncDisposable {
  /** @returns False when one of this id is there already. */
  open(tenant: string, draft: StreamDraft, call?: CallOptions): Promise<boolean>;
  /**
   * Begins to write a stream that is open, after all that stands in it.
   *
   * @param options.fence - Not older than that of whoever wrote it before; of a durable run, the fence of its claim.
   * @throws `stream.unknown`; `flow.wrong_state` when it has ended; `flow.fenced`.
   */
  writer(
    tenant: string,
    id: string,
    options: CallOptions & { readonly fence: number },
  ): Promise<StreamWriter>;
  /**
   * Every event once, in order, from `after` on; it ends after the stream's end. All readers of one stream in this process share one
   * look at the store; one that is slower than the others reads pages of its own, and holds nobody up.
   */
  follow(tenant: string, id: string, options?: FollowOptions): StreamReader;
  get(tenant: string, id: string, call?: CallOptions): Promise<StreamRecord | undefined>;
  /** Latest first. */
  list(
    tenant: string,
    filter?: StreamFilter,
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<StreamRecord>>;
  /**
   * Asks whoever writes a stream to end it. For a durable run, `cancel` of its runs does both.
   *
   * @returns False when it is unknown or has ended.
   */
  stop(
    tenant: string,
    id: string,
    stop: { readonly by: string; readonly reason: string },
    call?: CallOptions,
  ): Promise<boolean>;
  /** What this process holds at this moment. */
  counts(): LiveStreamCounts;
}

/** How much one process does for streams. */
export interface LiveStreamCounts {
  readonly readers: number;
  /** Streams that are followed. */
  readonly tails: number;
  readonly writers: number;
  /** Events that wait for the store. */
  readonly waitingEvents: number;
}
