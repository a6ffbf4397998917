import {
  type CallOptions,
  type Clock,
  type PageRequest,
  type StreamDraft,
  type StreamFilter,
  type StreamStore,
  type StreamWatch,
  type StreamWrite,
  systemClock,
  type Timer,
} from "@salesagent/ports";
import { checkSpan, checkWhole } from "../resilience/check-option.js";
import { FollowedStreams } from "./followed-streams.js";
import type {
  FollowOptions,
  LiveStreamCounts,
  LiveStreams,
  LiveStreamsOptions,
  StreamReader,
  StreamWriter,
} from "./live-streams.js";
import { streamName } from "./stream-name.js";
import { WrittenStreams } from "./written-streams.js";

/** Events are held for their readers for so long at least, and not for longer than twice that. */
const HELD_MS = 30_000;

/**
 * Streams of a storage, written and followed by this process.
 *
 * @throws RangeError naming the option that makes no sense.
 */
export function createLiveStreams(options: LiveStreamsOptions): LiveStreams {
  return new StoredStreams(options);
}

class StoredStreams implements LiveStreams {
  readonly #storage: LiveStreamsOptions["storage"];
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #followed: FollowedStreams;
  readonly #written: WrittenStreams;
  #watch: StreamWatch | undefined;
  #wasLive = false;
  #agedMs = 0;
  #pulse: Timer | undefined;

  constructor(options: LiveStreamsOptions) {
    const { storage, clock = systemClock, pollMs = 250, flushMs = 20, tailEvents = 1_000, onError } = options;
    checkSpan("liveStreams.pollMs", pollMs, 10);
    checkSpan("liveStreams.flushMs", flushMs, 0);
    checkWhole("liveStreams.tailEvents", tailEvents, 1);
    this.#storage = storage;
    this.#clock = clock;
    this.#pollMs = pollMs;
    const storeOf = (tenant: string) => this.#store(tenant);
    const begin = () => this.#begin();
    this.#followed = new FollowedStreams({ storeOf, clock, tailEvents, onError, onFollowed: begin });
    this.#written = new WrittenStreams({
      ...{ storeOf, clock, flushMs, onError, onWritten: begin },
      onStood: (key, write) => this.#stood(key, write),
      onLeft: (key) => this.#followed.look(key),
    });
  }

  async open(tenant: string, draft: StreamDraft, call?: CallOptions) {
    return this.#store(tenant).open(draft, call);
  }

  writer(
    tenant: string,
    id: string,
    options: CallOptions & { readonly fence: number },
  ): Promise<StreamWriter> {
    return this.#written.writer(streamName(tenant, id), options);
  }

  follow(tenant: string, id: string, options: FollowOptions = {}): StreamReader {
    return this.#followed.follow(streamName(tenant, id), options);
  }

  async get(tenant: string, id: string, call?: CallOptions) {
    return this.#store(tenant).get(id, call);
  }

  async list(tenant: string, filter?: StreamFilter, page?: PageRequest, call?: CallOptions) {
    return this.#store(tenant).list(filter, page, call);
  }

  async stop(
    tenant: string,
    id: string,
    stop: { readonly by: string; readonly reason: string },
    call?: CallOptions,
  ) {
    return this.#store(tenant).requestStop(id, stop, call);
  }

  counts(): LiveStreamCounts {
    const { tails, readers } = this.#followed;
    const { writers, waitingEvents } = this.#written;
    return { tails, readers, writers, waitingEvents };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#written.close();
    this.#followed.close();
    this.#pulse?.cancel();
    this.#watch?.close();
    this.#watch = undefined;
  }

  #store(tenant: string): StreamStore {
    return this.#storage.tenant(tenant).streams;
  }

  /** Before the first look at anything: what is told from now on is heard. */
  #begin(): void {
    this.#watch ??= this.#storage.notices.watch({
      told: ({ tenant, id }) => {
        const { key } = streamName(tenant, id);
        // A stream's own writer knows what it has told; it finds out itself when it is not the only one.
        if (!this.#written.suspect(key)) this.#followed.look(key);
      },
      missed: () => this.#lookAll(),
    });
    this.#beat();
  }

  /** One timer for all, while anything is written or followed. */
  #beat(): void {
    this.#pulse ??= this.#clock.schedule(this.#pollMs, () => {
      this.#pulse = undefined;
      const isLive = this.#watch?.isLive ?? false;
      // Also once after it has come to be live: what was told before was not heard.
      if (isLive && this.#wasLive) this.#written.lookAround(false);
      else this.#lookAll();
      this.#wasLive = isLive;
      this.#age();
      if (this.#followed.tails > 0 || this.#written.writers > 0) this.#beat();
    });
  }

  #age(): void {
    if (this.#clock.elapsed() - this.#agedMs < HELD_MS) return;
    this.#agedMs = this.#clock.elapsed();
    this.#followed.age();
  }

  #lookAll(): void {
    this.#followed.lookAll((key) => this.#written.has(key));
    this.#written.lookAround(true);
  }

  #stood(key: string, { after, events, end }: StreamWrite): void {
    if (events.length === 0 && !end) return;
    const numbered = events.map(({ type, data }, index) => ({ seq: after + index + 1, type, data }));
    this.#followed.offer(key, after, numbered, end);
  }
}
