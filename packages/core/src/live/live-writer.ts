import type { StreamRecord, StreamWrite, StreamWritten } from "@salesagent/ports";
import { jsonSize } from "../graph/state-size.js";
import { EventQueue } from "./event-queue.js";
import type { EventRoom } from "./event-room.js";
import type { StreamEnd, StreamEvent, StreamWriter } from "./live-streams.js";
import { closedHere, endedStream, fencedStream, overrun, stopAsked, unknownStream } from "./stream-errors.js";

/** What a store takes of one stream at once. */
const MOST_EVENTS_AT_ONCE = 1_000;
/** A stream of which so many events wait was told too much: whoever tells it does not wait for room. */
const MOST_WAITING_EVENTS = 20_000;
const MOST_WAITING_BYTES = 16_000_000;

/** What a writer works with. */
export interface LiveWriterInit {
  readonly tenant: string;
  readonly id: string;
  readonly fence: number;
  readonly room: EventRoom;
  /** Something is to be written. */
  readonly wake: (writer: LiveWriter) => void;
  /** Told what stands. */
  readonly stood: (writer: LiveWriter, write: StreamWrite) => void;
  /** Told once, when it writes no more. */
  readonly left: (writer: LiveWriter) => void;
}

/** A write that is under way. */
interface Sent {
  readonly write: StreamWrite;
  readonly bytes: number;
  /** How much stands when it does. */
  readonly upTo: number;
  /** An earlier answer was lost: it may stand already. */
  isAgain: boolean;
}

interface Waiting {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** Writes one stream: what is told waits here until the tenant's appends take it along. */
export class LiveWriter implements StreamWriter {
  readonly id: string;
  readonly tenant: string;
  /** The number of the last event that stands. */
  last = 0;
  begunAfter = 0;
  stopAsked: NonNullable<StreamRecord["stop"]> | undefined;
  /** Something was told of the stream since the last append was made. */
  isSuspect = false;
  readonly #init: LiveWriterInit;
  readonly #queue = new EventQueue();
  readonly #stop = new AbortController();
  #isBegun = false;
  /** How much stands of what was told: events, the beginning and the end count one each. */
  #stands = 0;
  #sent: Sent | undefined;
  #end: StreamEnd | undefined;
  #isEndSent = false;
  #isEnded = false;
  #isLooking = true;
  #failure: { readonly reason: unknown } | undefined;
  #isClosed = false;
  #waiting: Waiting[] = [];

  constructor(init: LiveWriterInit) {
    this.#init = init;
    this.id = init.id;
    this.tenant = init.tenant;
  }

  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** Resolves when the stream is this writer's. @throws Why it can't be. */
  begin(): Promise<void> {
    this.#init.wake(this);
    return this.#settled();
  }

  write({ type, data }: StreamEvent): void | Promise<void> {
    this.#refuseOver();
    const dataBytes = jsonSize(data);
    if (dataBytes < 0) throw new TypeError(`The data of the event "${type}" is no JSON.`);
    const { room } = this.#init;
    const { isNew, bytes: addedBytes } = this.#queue.add({ type, data }, dataBytes);
    room.enter(isNew ? 1 : 0, addedBytes);
    this.#init.wake(this);
    const { size, bytes } = this.#queue;
    if (size < MOST_WAITING_EVENTS && bytes < MOST_WAITING_BYTES) return room.wait();
    this.#overrun();
    return undefined;
  }

  flush(): Promise<void> {
    if (this.#failure && !this.#isEnded) return Promise.reject(this.#failure.reason);
    if (this.#pending === 0) return Promise.resolve();
    this.#init.wake(this);
    return this.#settled();
  }

  async end(outcome: StreamEnd): Promise<void> {
    this.#refuseOver();
    this.#finish(outcome);
    await this.#settled();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.flush();
    } finally {
      this.#leave();
    }
  }

  /** Asks the store how the stream stands, where nothing is told anyway. */
  look(): void {
    if (this.#failure || this.#isClosed) return;
    this.#isLooking = true;
    this.#init.wake(this);
  }

  /** What goes along with the next append; nothing where nothing is to be written. It has to be answered, or to fail. */
  take(mostBytes: number): StreamWrite | undefined {
    if (this.#failure) return undefined;
    const { id, fence } = this.#init;
    if (!this.#isBegun) return this.#send({ id, fence, after: 0, events: [] }, 0);
    const isWhole = this.#end !== undefined || this.#waiting.length > 0;
    const { events, bytes } = this.#queue.take(MOST_EVENTS_AT_ONCE, mostBytes, isWhole);
    const hasEnd = this.#end !== undefined && this.#queue.size === 0 && !this.#isEndSent;
    if (events.length === 0 && !hasEnd && !this.#isLooking) return undefined;
    this.#isEndSent ||= hasEnd;
    const end = hasEnd ? this.#end : undefined;
    return this.#send({ id, fence, after: this.last, events, ...(end && { end }) }, bytes);
  }

  get hasMore(): boolean {
    return !this.#failure && (this.#queue.size > 0 || (this.#end !== undefined && !this.#isEndSent));
  }

  get waitingBytes(): number {
    return this.#queue.bytes;
  }

  /** It is not known whether what was sent stands. */
  lostAnswer(): void {
    if (this.#sent) this.#sent.isAgain = true;
  }

  /** Takes the store's answer to what was sent. */
  answered(written: StreamWritten): void {
    const sent = this.#sent;
    if (!sent) return;
    const { write } = sent;
    const wanted = write.after + write.events.length;
    const isBeginning = !this.#isBegun && written.status === "moved";
    if (isBeginning) this.last = written.last;
    const mayStand = sent.isAgain && "last" in written && written.last === wanted;
    const stands = mayStand && (written.status === "ended") === (write.end !== undefined);
    if (written.status === "written") this.#stood(sent, written.stop);
    else if (isBeginning || stands) this.#stood(sent, undefined);
    else this.fail(this.#refusal(written));
  }

  /** Nothing more of it is kept. */
  fail(reason: unknown): void {
    if (this.#failure) return;
    this.#failure = { reason };
    const rest = this.#queue.take(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true);
    const sent = this.#sent;
    this.#sent = undefined;
    this.#init.room.leave(
      rest.events.length + (sent?.write.events.length ?? 0),
      rest.bytes + (sent?.bytes ?? 0),
    );
    this.#stop.abort(reason);
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
    this.#leave();
  }

  /** How much of what was told does not stand yet. */
  get #pending(): number {
    const isEndWaiting = this.#end !== undefined && !this.#isEndSent;
    const underWay = this.#sent ? this.#sent.upTo - this.#stands : this.#isBegun ? 0 : 1;
    return underWay + this.#queue.size + (isEndWaiting ? 1 : 0);
  }

  #send(write: StreamWrite, bytes: number): StreamWrite {
    this.#isLooking = false;
    this.isSuspect = false;
    const counted = this.#isBegun ? write.events.length + (write.end ? 1 : 0) : 1;
    this.#sent = { write, bytes, upTo: this.#stands + counted, isAgain: false };
    return write;
  }

  #stood({ write, bytes, upTo }: Sent, stop: StreamRecord["stop"]): void {
    this.#sent = undefined;
    this.#init.room.leave(write.events.length, bytes);
    if (this.#isBegun) this.last += write.events.length;
    else this.begunAfter = this.last;
    this.#isBegun = true;
    this.#stands = upTo;
    this.#init.stood(this, write);
    if (stop) this.#askedToStop(stop);
    this.#waiting = this.#waiting.filter((waiting) => {
      if (waiting.upTo > upTo) return true;
      waiting.resolve();
      return false;
    });
    if (write.end) this.#over(write.end);
  }

  #askedToStop(stop: NonNullable<StreamRecord["stop"]>): void {
    this.stopAsked ??= stop;
    this.#stop.abort(stopAsked(this.id, stop));
  }

  #over(end: StreamEnd): void {
    this.#isEnded = !this.#isOverrun(end);
    this.fail(this.#isEnded ? endedStream(this.id) : overrun(this.id, MOST_WAITING_EVENTS));
  }

  #isOverrun(end: StreamEnd): boolean {
    return end.status === "failed" && end.error.code === "stream.overrun";
  }

  /** What waits is kept still, and then the stream ends: a reader must not take what is there for all. */
  #overrun(): void {
    const error = overrun(this.id, MOST_WAITING_EVENTS);
    this.#finish({ status: "failed", error: { code: error.code, message: error.message } });
    this.#stop.abort(error);
  }

  #finish(outcome: StreamEnd): void {
    this.#end = outcome;
    this.#init.wake(this);
  }

  #settled(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ upTo: this.#stands + this.#pending, resolve, reject });
    });
  }

  #refuseOver(): void {
    if (this.#failure) throw this.#failure.reason;
    if (this.#isClosed) throw closedHere();
    if (this.#end) throw this.#stop.signal.aborted ? this.#stop.signal.reason : endedStream(this.id);
  }

  #refusal({ status }: StreamWritten): unknown {
    if (status === "unknown") return unknownStream(this.id);
    return status === "ended" ? endedStream(this.id) : fencedStream(this.id, this.#init.fence);
  }

  #leave(): void {
    this.#isClosed = true;
    this.#init.left(this);
  }
}
