import {
  type ErrorCode,
  type ModelErrorFacts,
  SalesAgentError,
  type Usage,
  untilAborted,
} from "@salesagent/ports";
import type { DrillLimits, DrillVendor } from "../drill-setup.js";

/** One request to a vendor in the format of chat completions, read as a stream. */
export interface ChatAttempt {
  readonly vendor: DrillVendor;
  readonly prompt: string;
  /** What an answer is said to begin with. */
  readonly prefill?: string | undefined;
  readonly limits: DrillLimits;
  readonly signal: AbortSignal;
}

/** Failures of a kind that the test double knows. */
type FailureCode = Extract<ErrorCode, `model.${string}`>;

const CODES = new Map<number, FailureCode>([
  [400, "model.bad_request"],
  [429, "model.rate_limited"],
  [503, "model.overloaded"],
]);

/** An error of an attempt. */
function failure(vendor: DrillVendor, code: FailureCode, more: Partial<ModelErrorFacts> = {}): Error {
  const facts = { provider: vendor.vendor, modelId: vendor.modelId, ...more } as never;
  return new SalesAgentError(code, { message: `${vendor.modelId} failed: ${code}.`, facts, replay: "safe" });
}

/** What an attempt puts up with, or asks too much of. */
export interface Tolerance {
  readonly cuts?: boolean | undefined;
  readonly malformed?: boolean | undefined;
  readonly silence?: boolean | undefined;
  readonly onlyDone?: boolean | undefined;
  readonly open?: boolean | undefined;
}

/** Yields the pieces of the text, and ends with the usage once the finish was told. */
export async function* chatAttempt(
  { vendor, prompt, prefill, limits, signal }: ChatAttempt,
  accepts: Tolerance = {},
): AsyncGenerator<string, Usage, void> {
  const stop = new AbortController();
  const onAbort = () => stop.abort(signal.reason);
  signal.addEventListener("abort", onAbort);
  const late = failure(vendor, "model.timed_out");
  let timer: NodeJS.Timeout | undefined;
  const allow = (ms: number) => {
    clearTimeout(timer);
    if (accepts.silence !== true) timer = setTimeout(() => stop.abort(late), ms);
  };
  allow(limits.headersMs);
  let began = false;
  try {
    const response = await untilAborted(
      post(vendor, requestBody(vendor, prompt, prefill), accepts.open ? undefined : stop.signal),
      stop.signal,
    );
    if (!response.ok) throw await refusal(vendor, response);
    allow(limits.firstTokenMs);
    const seen: { usage?: Usage; finished: boolean; done: boolean } = { finished: false, done: false };
    for await (const data of dataLines(response)) {
      began = true;
      if (data === DONE) {
        seen.done = true;
        continue;
      }
      const event = parse(vendor, data, accepts);
      if (event.usage) seen.usage = event.usage;
      seen.finished ||= event.finished;
      if (event.text === "") continue;
      allow(limits.stallMs);
      yield event.text;
    }
    const whole = accepts.onlyDone ? seen.done : seen.finished || accepts.cuts;
    if (!whole) throw failure(vendor, "model.stream_cut");
    return seen.usage ?? {};
  } catch (error) {
    if (stop.signal.aborted) throw stop.signal.reason;
    if (SalesAgentError.is(error)) throw error;
    throw failure(vendor, began ? "model.stream_cut" : "model.unreachable");
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    stop.abort();
  }
}

const DONE = "[DONE]";

function post(vendor: DrillVendor, body: object, signal: AbortSignal | undefined): Promise<Response> {
  return fetch(`${vendor.url("openai")}/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${vendor.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}

function requestBody(vendor: DrillVendor, prompt: string, prefill: string | undefined) {
  const messages = [{ role: "user", content: prompt }];
  if (prefill !== undefined) messages.push({ role: "assistant", content: prefill });
  return { model: vendor.modelId, stream: true, stream_options: { include_usage: true }, messages };
}

async function refusal(vendor: DrillVendor, response: Response): Promise<Error> {
  const { error } = (await response.json()) as { error?: { code?: string } };
  const waitS = response.headers.get("retry-after");
  const code: FailureCode =
    error?.code === "context_length_exceeded"
      ? "model.context_length"
      : error?.code?.includes("content")
        ? "model.content_filtered"
        : (CODES.get(response.status) ?? "model.server_error");
  return failure(vendor, code, waitS === null ? {} : { retryAfterMs: Number(waitS) * 1000 });
}

async function* dataLines(response: Response): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of (response.body as ReadableStream<Uint8Array>).pipeThrough(
    new TextDecoderStream(),
  )) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data: ")) yield line.slice("data: ".length);
    }
  }
}

interface Chunk {
  readonly choices?: readonly { delta?: { content?: string }; finish_reason?: string | null }[];
  readonly usage?: { prompt_tokens: number; completion_tokens: number } | null;
}

function parse(vendor: DrillVendor, data: string, { malformed }: Tolerance) {
  try {
    const { choices = [], usage } = JSON.parse(data) as Chunk;
    return {
      text: choices[0]?.delta?.content ?? "",
      finished: typeof choices[0]?.finish_reason === "string",
      usage: usage ? { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens } : undefined,
    };
  } catch {
    if (malformed) return { text: "", finished: false };
    throw failure(vendor, "model.malformed_response");
  }
}
