import type { Clock, StoredStreamEvent, StreamStore } from "@salesagent/ports";
import { checkWhole } from "../resilience/check-option.js";
import { LiveReader } from "./live-reader.js";
import type { FollowOptions, StreamEnd } from "./live-streams.js";
import { ReadTurns } from "./read-turns.js";
import { closedHere } from "./stream-errors.js";
import type { StreamName } from "./stream-name.js";
import { StreamTail } from "./stream-tail.js";

/** Reads at once in one process, of all streams. */
const MOST_READS = 4;
const FOR_EVER_MS = 2 ** 31 - 1;

/** What streams are followed with. */
export interface FollowedStreamsInit {
  readonly storeOf: (tenant: string) => StreamStore;
  readonly clock: Clock;
  readonly tailEvents: number;
  readonly onError: ((error: unknown) => void) | undefined;
  /** Told before the first read of a stream that nobody followed. */
  readonly onFollowed: () => void;
}

interface Followed {
  readonly tail: StreamTail;
  readonly readers: Set<LiveReader>;
}

/** The streams that are followed in this process: one tail each, for as long as somebody reads. */
export class FollowedStreams {
  readonly #init: FollowedStreamsInit;
  readonly #streams = new Map<string, Followed>();
  readonly #turns = new ReadTurns(MOST_READS);
  #readers = 0;
  #alive: ReturnType<typeof setInterval> | undefined;
  #isClosed = false;

  constructor(init: FollowedStreamsInit) {
    this.#init = init;
  }

  get tails(): number {
    return this.#streams.size;
  }

  get readers(): number {
    return this.#readers;
  }

  follow(name: StreamName, { after = 0, signal }: FollowOptions): LiveReader {
    checkWhole("follow.after", after, 0);
    const home = {
      enter: (reader: LiveReader) => this.#enter(name, reader),
      leave: (reader: LiveReader) => this.#leave(name, reader),
    };
    return new LiveReader(home, after, signal);
  }

  /** Something may have come. */
  look(key: string): void {
    this.#streams.get(key)?.tail.look();
  }

  /** @param but - Streams of which is known what comes. */
  lookAll(but: (key: string) => boolean): void {
    for (const [key, { tail }] of this.#streams) if (!but(key)) tail.look();
  }

  /** To be called now and then; what has come before the call before is held no longer. */
  age(): void {
    for (const { tail } of this.#streams.values()) tail.age();
  }

  /** What this process has appended itself. */
  offer(key: string, after: number, events: readonly StoredStreamEvent[], end: StreamEnd | undefined): void {
    this.#streams.get(key)?.tail.offer(after, events, end);
  }

  close(): void {
    this.#isClosed = true;
    for (const { readers } of [...this.#streams.values()]) {
      for (const reader of [...readers]) reader.fail(closedHere());
    }
  }

  #enter({ key, tenant, id }: StreamName, reader: LiveReader): StreamTail {
    if (this.#isClosed) throw closedHere();
    this.#init.onFollowed();
    let followed = this.#streams.get(key);
    if (!followed) {
      const { storeOf, clock, tailEvents, onError } = this.#init;
      const tail = new StreamTail({
        ...{ id, store: storeOf(tenant), turns: this.#turns },
        ...{ clock, tailEvents, onError },
      });
      followed = { tail, readers: new Set() };
      this.#streams.set(key, followed);
    }
    followed.readers.add(reader);
    this.#readers += 1;
    this.#alive ??= setInterval(() => {}, FOR_EVER_MS);
    return followed.tail;
  }

  #leave({ key }: StreamName, reader: LiveReader): void {
    const followed = this.#streams.get(key);
    if (!followed?.readers.delete(reader)) return;
    this.#readers -= 1;
    if (followed.readers.size === 0) {
      this.#streams.delete(key);
      followed.tail.close();
    }
    if (this.#readers > 0) return;
    clearInterval(this.#alive);
    this.#alive = undefined;
  }
}
