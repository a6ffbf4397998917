import type { CallOptions } from "../call-options.js";
import type { JsonValue } from "../json.js";
import type { Page, PageRequest } from "./page.js";
import type { StoredError } from "./run-store.js";

/** What a run tells, kept beyond the connection of whoever reads it. */
export interface StreamRecord {
  /** 1–400 characters; where it tells of a durable run, that run's id. */
  readonly id: string;
  /** What tells, such as `agent:qualification`, `workflow:nurture` or `sync:close`. */
  readonly source: string;
  readonly status: "open" | "completed" | "failed" | "cancelled";
  readonly error?: StoredError;
  /** The conversation that it belongs to. */
  readonly threadId?: string;
  readonly leadId?: string;
  /** Who began it, such as `user:42`. */
  readonly startedBy?: string;
  /** The number of the last event; 0 before the first. */
  readonly last: number;
  /** Whoever appends with an older one is refused. */
  readonly fence: number;
  /** Set once somebody asked for its end. */
  readonly stop?: { readonly by: string; readonly reason: string; readonly at: string };
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  /** When it was last appended to, or ended; before that, when it was opened. */
  readonly updatedAt: string;
}

/** What a new stream begins with. */
export type StreamDraft = Pick<StreamRecord, "id" | "source"> &
  Partial<Pick<StreamRecord, "threadId" | "leadId" | "startedBy">>;

/** One thing that was told. */
export interface StoredStreamEvent {
  /**
   * 1, 2, 3 …: what a reader goes on after. Without gaps, but for events of before an erasure, which are missing: `last` still
   * counts them, and what is told afterwards goes on from there.
   */
  readonly seq: number;
  /** Such as `text-delta`; 1–100 characters. */
  readonly type: string;
  readonly data: JsonValue;
}

/** Events at the end of a stream, and its end where it has come. One with neither only brings a newer fence, and hears of a stop. */
export interface StreamWrite {
  readonly id: string;
  /** Not older than the stream's; a newer one shuts out whoever wrote with the one before, also where the answer is `moved`. */
  readonly fence: number;
  /** The number of the event before the first of these: what was appended already is not appended again. */
  readonly after: number;
  readonly events: readonly Omit<StoredStreamEvent, "seq">[];
  /** Nothing can be appended after it. */
  readonly end?:
    | { readonly status: "completed" | "cancelled" }
    | { readonly status: "failed"; readonly error: StoredError };
}

/**
 * How an append went; of several answers that fit, the first of `unknown`, `ended`, `fenced`, `moved`. `ended`: nothing can be
 * appended any more. `fenced`: somebody else writes it now. `moved`: the stream's last event is another than `after`, and nothing was
 * appended. Where the answer to an append was lost, `last` tells whether it stands: it is the number of its last event then.
 */
export type StreamWritten =
  | { readonly status: "written"; readonly last: number; readonly stop?: NonNullable<StreamRecord["stop"]> }
  | { readonly status: "moved" | "ended"; readonly last: number }
  | { readonly status: "fenced" | "unknown" };

/** A stream and a part of its events, as they stood at one moment. */
export interface StreamPart {
  readonly record: StreamRecord;
  readonly events: readonly StoredStreamEvent[];
}

export interface StreamFilter {
  readonly source?: string | undefined;
  readonly status?: StreamRecord["status"] | undefined;
  readonly threadId?: string | undefined;
  readonly leadId?: string | undefined;
}

/** Streams of one tenant. */
export interface StreamStore {
  readonly port: "stream-store/1";
  /** @returns False when one of this id is there already; nothing changes then. */
  open(draft: StreamDraft, call?: CallOptions): Promise<boolean>;
  /**
   * Appends to streams, each by itself: what one refuses does not touch the others. As many statements however many streams and
   * events. Whoever follows one is told.
   *
   * @param writes - At most one for a stream; up to 1,000 events in each.
   * @throws `store.invalid` naming the write, with nothing appended.
   */
  append(writes: readonly StreamWrite[], call?: CallOptions): Promise<readonly StreamWritten[]>;
  /**
   * The events after one, in order.
   *
   * @param from.after - The number of the last event that is known. @defaultValue 0
   * @param from.limit - Whole number, 1–1,000. @defaultValue 500
   * @returns Nothing for a stream that is unknown. Fewer events than the limit reach to the record's `last`.
   * @throws RangeError for another limit.
   */
  read(
    id: string,
    from?: { readonly after?: number | undefined; readonly limit?: number | undefined },
    call?: CallOptions,
  ): Promise<StreamPart | undefined>;
  get(id: string, call?: CallOptions): Promise<StreamRecord | undefined>;
  /**
   * Asks for the end; whoever appends hears of it by what the append answers, and whoever follows is told. Who asks first is kept.
   *
   * @returns False when it is unknown or has ended; true also for somebody who is not the first to ask.
   */
  requestStop(
    id: string,
    stop: { readonly by: string; readonly reason: string },
    call?: CallOptions,
  ): Promise<boolean>;
  /** Latest creation first; of equal ones, the one stored last. */
  list(filter?: StreamFilter, page?: PageRequest, call?: CallOptions): Promise<Page<StreamRecord>>;
}

/** Watches streams of all tenants. */
export interface StreamWatch {
  /** While it is false nothing is told, and whoever follows looks by itself now and then. */
  readonly isLive: boolean;
  close(): void;
}

/** Tells which streams were appended to, ended or asked to stop, by any process. It holds no tenant's data but names of streams. */
export interface StreamNotices {
  readonly port: "stream-notices/1";
  /**
   * @param on.told - One stream; it may be told once for several appends, and for none. It must return soon, and not throw.
   * @param on.missed - Something may not have been told: look at all that is followed. Told as well when it comes to be live later on.
   * @throws `store.closed` once the storage is closed; watches end with it.
   */
  watch(on: {
    readonly told: (stream: { readonly tenant: string; readonly id: string }) => void;
    readonly missed: () => void;
  }): StreamWatch;
}
