import type {
  Clock,
  FinishEvent,
  ModelCallOptions,
  ModelEvent,
  ModelEventSource,
  ModelProfile,
  ModelRequest,
  ModelWarning,
  StartEvent,
  StreamControl,
} from "@salesagent/ports";
import { fromNanoUsd, priceNanoUsd } from "@salesagent/ports/money";
import {
  CallDeadlines,
  excerpt,
  readRateLimits,
  resolveTimeouts,
  retiredWarning,
  timedOutError,
  toModelError,
  WireFailure,
} from "@salesagent/provider-kit";
import { AiSdkAnswer } from "./ai-sdk-answer.js";
import { classifyAiSdkFailure, readAiSdkError } from "./ai-sdk-failure.js";
import type {
  AiSdkCallOptions,
  AiSdkGenerateResult,
  AiSdkLanguageModel,
  AiSdkReader,
  AiSdkStreamPart,
  AiSdkStreamResult,
} from "./ai-sdk-model.js";
import { toAiSdkCall } from "./to-ai-sdk-call.js";
import { wholeParts } from "./whole-parts.js";

/** A model of the AI SDK, and what is known of it here. */
export interface AiSdkTarget {
  readonly model: AiSdkLanguageModel;
  readonly provider: string;
  readonly profile: ModelProfile;
  readonly clock: Clock;
  readonly secrets: readonly string[];
  readonly acceptMissingReason: boolean;
}

/** Response headers that hold the request's id, in order. */
const REQUEST_ID_HEADERS = ["x-request-id", "request-id", "x-generation-id", "inference-id"];

/** Makes the events of one call of an AI SDK model. */
export class AiSdkSource implements ModelEventSource {
  readonly #target: AiSdkTarget;
  readonly #whole: boolean;
  readonly #options: AiSdkCallOptions;
  readonly #signal: AbortSignal;
  readonly #deadlines: CallDeadlines;
  readonly #startedAtMs: number;
  readonly #answer: AiSdkAnswer;
  readonly #warnings: ModelWarning[];
  #headers = new Headers();
  #reader: AiSdkReader | undefined;
  #closed = false;
  #told = 0;
  #begun = false;
  #firstTokenMs: number | undefined;

  constructor(
    target: AiSdkTarget,
    request: ModelRequest,
    call: ModelCallOptions,
    { signal, fail }: StreamControl,
  ) {
    const { model, provider, profile, clock } = target;
    const { modelId } = model;
    this.#target = target;
    this.#whole = call.delivery === "whole";
    this.#signal = signal;
    this.#startedAtMs = clock.now();
    this.#warnings = retiredWarning(modelId, profile, this.#startedAtMs);
    this.#answer = new AiSdkAnswer({
      version: model.specificationVersion,
      provider: model.provider,
      acceptMissingReason: target.acceptMissingReason,
    });
    const warn = (warning: ModelWarning) => this.#warnings.push(warning);
    const options = toAiSdkCall(request, call, model.specificationVersion, warn);
    this.#options = { ...options, abortSignal: signal };
    // Last, since it sets a timer, and what stands above may throw.
    const timeouts = resolveTimeouts(call.timeouts, call.delivery);
    this.#deadlines = new CallDeadlines(clock, timeouts, (phase, limitMs) =>
      fail(timedOutError({ provider, modelId, ...this.#requestId() }, phase, limitMs)),
    );
  }

  async next(): Promise<IteratorResult<readonly ModelEvent[], void>> {
    this.#deadlines.readBegins();
    try {
      if (this.#answer.end) return { done: true, value: undefined };
      if (this.#whole) return { done: false, value: await this.#readWhole() };
      this.#reader ??= await this.#open();
      return { done: false, value: await this.#read(this.#reader) };
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#deadlines.readEnds();
    }
  }

  return(): Promise<IteratorResult<readonly ModelEvent[], void>> {
    this.#closed = true;
    this.#deadlines.stop();
    this.#reader?.cancel().catch(() => {});
    return Promise.resolve({ done: true, value: undefined });
  }

  async #open(): Promise<AiSdkReader> {
    const { model } = this.#target;
    const doStream = model.doStream.bind(model) as (o: AiSdkCallOptions) => PromiseLike<AiSdkStreamResult>;
    const { stream, response } = await doStream(this.#options);
    const reader = stream.getReader();
    if (this.#closed) {
      reader.cancel().catch(() => {});
      throw this.#signal.reason;
    }
    this.#headersCame(response?.headers);
    return reader;
  }

  async #read(reader: AiSdkReader): Promise<readonly ModelEvent[]> {
    const body: ModelEvent[] = [];
    while (body.length === 0 && !this.#answer.end && !this.#canBegin()) {
      const step = await reader.read();
      if (step.done) throw new WireFailure({ kind: "cut" });
      this.#deadlines.alive();
      this.#answer.push(toPart(step.value), body);
    }
    return this.#batch(body);
  }

  /** All that the start tells is there, though nothing of the answer yet. */
  #canBegin(): boolean {
    return !this.#begun && this.#answer.opened && this.#requestId().requestId !== undefined;
  }

  async #readWhole(): Promise<readonly ModelEvent[]> {
    const { model } = this.#target;
    const doGenerate = model.doGenerate.bind(model) as (
      options: AiSdkCallOptions,
    ) => PromiseLike<AiSdkGenerateResult>;
    const result = await doGenerate(this.#options);
    this.#headersCame(result.response?.headers);
    const body: ModelEvent[] = [];
    for (const part of wholeParts(result)) this.#answer.push(part, body);
    return this.#batch(body);
  }

  #headersCame(headers: Readonly<Record<string, string>> | undefined): void {
    this.#deadlines.headersCame();
    this.#headers = new Headers(headers);
  }

  /** What the body brought, after the start where none was told, before the finish where the answer has ended. */
  #batch(body: readonly ModelEvent[]): readonly ModelEvent[] {
    if (body.length > 0 && this.#firstTokenMs === undefined) {
      this.#firstTokenMs = this.#deadlines.elapsedMs;
      this.#deadlines.firstTokenCame();
    }
    const start = this.#begun ? [] : [this.#start()];
    this.#begun = true;
    const { end } = this.#answer;
    return [...start, ...body, ...(end ? [this.#finish(end)] : [])];
  }

  #start(): StartEvent {
    const { model, provider, clock } = this.#target;
    return {
      type: "start",
      provider,
      modelId: model.modelId,
      ...this.#requestId(),
      warnings: this.#newWarnings(),
      rateLimits: readRateLimits(this.#headers, clock.now()),
    };
  }

  #finish({ reason, usage }: NonNullable<AiSdkAnswer["end"]>): FinishEvent {
    const { model, provider, profile } = this.#target;
    const nanoUsd = profile.price && priceNanoUsd(profile.price, usage, this.#startedAtMs);
    const cost = nanoUsd === undefined ? {} : { costUsd: fromNanoUsd(nanoUsd) };
    const late = this.#newWarnings();
    const totalMs = this.#deadlines.elapsedMs;
    return {
      type: "finish",
      reason,
      usage,
      ...cost,
      ...(late.length > 0 ? { warnings: late } : {}),
      timings: { totalMs, ...(this.#firstTokenMs === undefined ? {} : { firstTokenMs: this.#firstTokenMs }) },
      attempts: [
        {
          provider,
          modelId: model.modelId,
          outcome: "completed",
          ...this.#requestId(),
          usage,
          ...cost,
          latencyMs: totalMs,
        },
      ],
    };
  }

  /** Those that no event has told yet. */
  #newWarnings(): ModelWarning[] {
    const all = [...this.#warnings, ...this.#answer.warnings];
    const fresh = all.slice(this.#told);
    this.#told = all.length;
    return fresh;
  }

  #requestId(): { requestId?: string } {
    const header = REQUEST_ID_HEADERS.find((name) => this.#headers.get(name));
    const id = header === undefined ? this.#answer.responseId : this.#headers.get(header);
    // A vendor's text, which may repeat the key.
    return id ? { requestId: excerpt(id, this.#target.secrets) } : {};
  }

  #failure(error: unknown): unknown {
    const { model, provider, profile, clock, secrets } = this.#target;
    return toModelError(readAiSdkError(error), {
      provider,
      modelId: model.modelId,
      baseUrl: "",
      ...this.#requestId(),
      requestIdHeader: REQUEST_ID_HEADERS[0],
      successor: profile.retired?.successor,
      secrets,
      nowMs: clock.now(),
      classify: classifyAiSdkFailure,
      advise: (code) =>
        code === "model.unreachable" ? "Check the model's base URL and the network." : undefined,
      begun: this.#reader !== undefined,
    });
  }
}

/** @throws WireFailure for something that is no part. */
function toPart(value: unknown): AiSdkStreamPart {
  if (typeof value === "object" && value !== null && "type" in value) return value as AiSdkStreamPart;
  throw new WireFailure({ kind: "malformed", vendorMessage: "a stream part without a type" });
}
