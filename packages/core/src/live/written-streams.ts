import { type Clock, type StreamStore, type StreamWrite, untilAborted } from "@salesagent/ports";
import { EventRoom } from "./event-room.js";
import { LiveWriter } from "./live-writer.js";
import { closedHere } from "./stream-errors.js";
import type { StreamName } from "./stream-name.js";
import { TenantAppends } from "./tenant-appends.js";

/** From here on, whoever writes is asked to wait. */
const MOST_WAITING_EVENTS = 10_000;
const MOST_WAITING_BYTES = 8_000_000;

/** What streams are written with. */
export interface WrittenStreamsInit {
  readonly storeOf: (tenant: string) => StreamStore;
  readonly clock: Clock;
  readonly flushMs: number;
  readonly onError: ((error: unknown) => void) | undefined;
  /** Told before a stream is written. */
  readonly onWritten: () => void;
  /** Told what stands. */
  readonly onStood: (key: string, write: StreamWrite) => void;
  /** Told when a stream is not written here any more. */
  readonly onLeft: (key: string) => void;
}

/** The streams that are written in this process. */
export class WrittenStreams {
  readonly #init: WrittenStreamsInit;
  readonly #room = new EventRoom(MOST_WAITING_EVENTS, MOST_WAITING_BYTES);
  readonly #writers = new Map<string, LiveWriter>();
  readonly #appends = new Map<string, TenantAppends>();
  #isClosed = false;

  constructor(init: WrittenStreamsInit) {
    this.#init = init;
  }

  get writers(): number {
    return this.#writers.size;
  }

  get waitingEvents(): number {
    return this.#room.events;
  }

  async writer(
    { key, tenant, id }: StreamName,
    { fence, signal }: { readonly fence: number; readonly signal?: AbortSignal | undefined },
  ): Promise<LiveWriter> {
    if (this.#isClosed) throw closedHere();
    const writer = new LiveWriter({
      ...{ tenant, id, fence, room: this.#room },
      wake: (one) => this.#appendsOf(tenant).wake(one),
      stood: (_, write) => this.#init.onStood(key, write),
      left: (one) => this.#left(key, one),
    });
    this.#init.onWritten();
    this.#writers.set(key, writer);
    try {
      await untilAborted(writer.begin(), signal);
    } catch (error) {
      writer.fail(error);
      throw error;
    }
    return writer;
  }

  /** Whether a stream is written here. */
  has(key: string): boolean {
    return this.#writers.has(key);
  }

  /** Something was told of a stream, perhaps by its writer's own append. @returns False when it is not written here. */
  suspect(key: string): boolean {
    const writer = this.#writers.get(key);
    if (writer) writer.isSuspect = true;
    return writer !== undefined;
  }

  /** Writers who have heard nothing of the store since something was told ask how they stand. */
  lookAround(isAll: boolean): void {
    for (const writer of this.#writers.values()) {
      if (isAll || writer.isSuspect) writer.look();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#appends.values()].map((appends) => appends.close()));
    for (const writer of [...this.#writers.values()]) writer.fail(closedHere());
  }

  #left(key: string, writer: LiveWriter): void {
    if (this.#writers.get(key) === writer) this.#writers.delete(key);
    this.#init.onLeft(key);
  }

  #appendsOf(tenant: string): TenantAppends {
    let appends = this.#appends.get(tenant);
    if (!appends) {
      const { storeOf, clock, flushMs, onError } = this.#init;
      const onIdle = () => void this.#appends.delete(tenant);
      appends = new TenantAppends({ store: storeOf(tenant), clock, flushMs, onError, onIdle });
      this.#appends.set(tenant, appends);
    }
    return appends;
  }
}
