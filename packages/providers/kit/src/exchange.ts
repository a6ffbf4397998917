import {
  type Clock,
  createModelStream,
  type FinishEvent,
  type ModelCallOptions,
  type ModelEvent,
  type ModelEventSource,
  type ModelProfile,
  type ModelStream,
  type ModelWarning,
  type StartEvent,
  type StreamControl,
  type Usage,
} from "@salesagent/ports";
import { readRateLimits } from "@salesagent/ports/http";
import { fromNanoUsd, priceNanoUsd } from "@salesagent/ports/money";
import type { AnswerDecoder, AnswerEnd } from "./answer-decoder.js";
import { CallDeadlines, resolveTimeouts, timedOutError } from "./call-deadlines.js";
import type { ModelFailureCode } from "./classify-failure.js";
import { type FailedCall, toModelError } from "./model-error.js";
import { readRequestId } from "./request-id.js";
import { failureOfResponse, refuseWrongFormat } from "./response-check.js";
import { refuseUnsound, soundEnd, soundUsage } from "./sound-answer.js";
import type { WireFailureInit } from "./wire-failure.js";

/** A request that is ready to be sent. */
export interface PreparedRequest {
  /** Sends it. May throw what `fetch` or a vendor's SDK throws. */
  send(signal: AbortSignal): Promise<Response>;
  /** The decoder for the delivery that was asked for. */
  readonly decoder: AnswerDecoder;
  /** Media types that the answer may have. */
  readonly mediaTypes: readonly string[];
  readonly warnings: readonly ModelWarning[];
  /** Texts that must not appear in an error. */
  readonly secrets: readonly string[];
}

/** What an adapter tells of one model call. */
export interface Exchange {
  readonly provider: string;
  readonly modelId: string;
  readonly profile: ModelProfile;
  readonly baseUrl: string;
  readonly clock: Clock;
  /** Maps the request to the wire; called when the stream is first read. What it throws ends the stream. */
  prepare(): PreparedRequest | Promise<PreparedRequest>;
  /** Name of the header that holds the request's id. */
  readonly requestIdHeader?: string | undefined;
  /** A vendor's own reading of a failure; nothing leaves it to the common one. */
  readonly classify?: ((failure: WireFailureInit) => ModelFailureCode | undefined) | undefined;
  /** What to do about a failure, in a sentence, where the common advice does not fit. */
  readonly advise?: ((code: ModelFailureCode) => string | undefined) | undefined;
}

/** How long the rest of a body is awaited after the format's terminator, so that the connection can be used again. */
const DRAIN_MS = 250;

/** Makes the model stream of one HTTP exchange: limits, errors, timings, cost, and the life of the connection. */
export function exchangeStream(exchange: Exchange, call: ModelCallOptions = {}): ModelStream {
  return createModelStream((control) => {
    const timeouts = resolveTimeouts(call.timeouts, call.delivery);
    return new ExchangeSource(exchange, timeouts, control);
  }, call);
}

class ExchangeSource implements ModelEventSource {
  readonly #exchange: Exchange;
  readonly #control: StreamControl;
  readonly #deadlines: CallDeadlines;
  readonly #startedAtMs: number;
  #prepared: PreparedRequest | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #requestId: string | undefined;
  #status: number | undefined;
  #firstTokenMs: number | undefined;
  #ended = false;

  constructor(exchange: Exchange, timeouts: ReturnType<typeof resolveTimeouts>, control: StreamControl) {
    this.#exchange = exchange;
    this.#control = control;
    this.#startedAtMs = exchange.clock.now();
    this.#deadlines = new CallDeadlines(exchange.clock, timeouts, (phase, limitMs) => {
      const { provider, modelId } = exchange;
      const requestId = this.#requestId === undefined ? {} : { requestId: this.#requestId };
      control.fail(timedOutError({ provider, modelId, ...requestId }, phase, limitMs));
    });
  }

  async next(): Promise<IteratorResult<readonly ModelEvent[], void>> {
    if (this.#ended) return { done: true, value: undefined };
    this.#deadlines.readBegins();
    try {
      return { done: false, value: this.#reader ? await this.#read(this.#reader) : [await this.#start()] };
    } catch (error) {
      throw toModelError(error, this.#failedCall());
    } finally {
      this.#deadlines.readEnds();
    }
  }

  return(): Promise<IteratorResult<readonly ModelEvent[], void>> {
    this.#deadlines.stop();
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader && !this.#ended) reader.cancel().catch(() => {});
    this.#ended = true;
    return Promise.resolve({ done: true, value: undefined });
  }

  async #start(): Promise<StartEvent> {
    const exchange = this.#exchange;
    const { signal } = this.#control;
    const prepared = await exchange.prepare();
    this.#prepared = prepared;
    signal.throwIfAborted();
    const response = await prepared.send(signal);
    if (signal.aborted) {
      response.body?.cancel().catch(() => {});
      throw signal.reason;
    }
    this.#deadlines.headersCame();
    this.#status = response.status;
    this.#requestId = readRequestId(response.headers, exchange.requestIdHeader, prepared.secrets);
    if (!response.ok) throw await failureOfResponse(response);
    await refuseWrongFormat(response, prepared.mediaTypes);
    this.#reader = (response.body as ReadableStream<Uint8Array>).getReader();
    return {
      type: "start",
      provider: exchange.provider,
      modelId: exchange.modelId,
      ...(this.#requestId === undefined ? {} : { requestId: this.#requestId }),
      warnings: prepared.warnings,
      rateLimits: readRateLimits(response.headers, exchange.clock.now()),
    };
  }

  async #read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<readonly ModelEvent[]> {
    const { decoder } = this.#prepared as PreparedRequest;
    const events: ModelEvent[] = [];
    while (events.length === 0) {
      const step = await reader.read();
      const terminated = step.done || this.#push(decoder, step.value, events);
      if (!terminated) continue;
      if (!step.done) await this.#drain(reader);
      const end = soundEnd(decoder.end(events));
      refuseUnsound(events);
      if (events.length > 0) this.#noteFirstToken();
      this.#ended = true;
      this.#deadlines.stop();
      events.push(this.#finish(end));
    }
    return events;
  }

  #push(decoder: AnswerDecoder, bytes: Uint8Array, events: ModelEvent[]): boolean {
    this.#deadlines.alive();
    const terminated = decoder.push(bytes, events);
    refuseUnsound(events);
    if (events.length > 0) this.#noteFirstToken();
    return terminated;
  }

  #noteFirstToken(): void {
    if (this.#firstTokenMs !== undefined) return;
    this.#firstTokenMs = this.#deadlines.elapsedMs;
    this.#deadlines.firstTokenCame();
  }

  /** Reads the empty rest of a body; a server that keeps it open loses the connection instead. */
  async #drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const cancel = () => void reader.cancel().catch(() => {});
    const timer = this.#exchange.clock.schedule(DRAIN_MS, cancel);
    try {
      while (!(await reader.read()).done);
    } catch {
      // The answer was whole before its connection broke.
    } finally {
      timer.cancel();
    }
  }

  #finish(end: AnswerEnd): FinishEvent {
    const exchange = this.#exchange;
    const costUsd = end.toldCostUsd ?? this.#listedCostUsd(end);
    const cost = costUsd === undefined ? {} : { costUsd };
    const totalMs = this.#deadlines.elapsedMs;
    const requestId = this.#requestId === undefined ? {} : { requestId: this.#requestId };
    return {
      type: "finish",
      reason: end.reason,
      usage: end.usage,
      ...cost,
      ...(end.warnings && end.warnings.length > 0 ? { warnings: end.warnings } : {}),
      timings: { totalMs, ...(this.#firstTokenMs === undefined ? {} : { firstTokenMs: this.#firstTokenMs }) },
      attempts: [
        {
          provider: exchange.provider,
          modelId: exchange.modelId,
          outcome: "completed",
          ...requestId,
          usage: end.usage,
          ...cost,
          latencyMs: totalMs,
        },
      ],
    };
  }

  #listedCostUsd({ usage, feesUsd = 0 }: AnswerEnd): number | undefined {
    const { price } = this.#exchange.profile;
    const nanoUsd = price && priceNanoUsd(price, usage, this.#startedAtMs);
    return nanoUsd === undefined ? undefined : fromNanoUsd(nanoUsd) + feesUsd;
  }

  /** What an answer that failed told of its tokens. Values of absurd types break the sums; then nothing is known. */
  #knownUsage(): Usage {
    try {
      return soundUsage(this.#prepared?.decoder.usage() ?? {});
    } catch {
      return {};
    }
  }

  #failedCall(): FailedCall {
    const { provider, modelId, baseUrl, profile, classify, advise, clock } = this.#exchange;
    return {
      provider,
      modelId,
      baseUrl,
      classify,
      advise,
      requestId: this.#requestId,
      requestIdHeader: this.#exchange.requestIdHeader,
      status: this.#status,
      usage: this.#knownUsage(),
      successor: profile.retired?.successor,
      secrets: this.#prepared?.secrets ?? [],
      nowMs: clock.now(),
      begun: this.#reader !== undefined,
    };
  }
}
