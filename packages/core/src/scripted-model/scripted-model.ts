import {
  createModelStream,
  type FinishEvent,
  type FinishReason,
  type JsonValue,
  type LanguageModel,
  type ModelCallOptions,
  type ModelEvent,
  type ModelProfile,
  type ModelRequest,
  type ModelStream,
  type Usage,
} from "@salesagent/ports";

/** One planned answer. */
export interface ScriptedReply {
  /** Text in one piece, or in the pieces to stream. */
  readonly text?: string | readonly string[];
  readonly reasoning?: string;
  readonly toolCalls?: readonly {
    readonly name: string;
    readonly input?: JsonValue;
    readonly callId?: string;
  }[];
  /** @defaultValue "tool-calls" when there are some, else "stop" */
  readonly finish?: FinishReason;
  /** @defaultValue 10 tokens in, 5 out */
  readonly usage?: Usage;
  /** @defaultValue 0.00001 */
  readonly costUsd?: number;
  /** Thrown after all that stands above was streamed. */
  readonly error?: unknown;
  /** Holds the answer back until it resolves; an abort ends the wait. */
  readonly until?: Promise<void>;
}

/** What a scripted model calls itself. */
export interface ScriptedModelName {
  /** @defaultValue "scripted" */
  readonly provider?: string;
  /** @defaultValue "plan" */
  readonly modelId?: string;
}

/** A model that answers by plan, in memory. */
export interface ScriptedModel extends LanguageModel {
  /** What it was asked, in order. */
  readonly requests: readonly ModelRequest[];
  /** Planned answers that nobody has asked for yet. */
  readonly unused: number;
}

const PROFILE: ModelProfile = {
  contextTokens: 128_000,
  maxOutputTokens: 8_192,
  abilities: {
    tools: true,
    parallelTools: true,
    structuredOutput: "schema",
    reasoning: true,
    vision: false,
    sampling: true,
    prefill: false,
  },
  price: { input: 1, output: 1, asOf: "2026-01-01" },
  locality: "local",
  source: { asOf: "2026-01-01", note: "scripted" },
};

/**
 * A model for tests: answers with the replies in order, or with what a function makes of each request. A call that was not
 * planned for fails with an error that says so.
 */
export function scriptedModel(
  script: readonly ScriptedReply[] | ((request: ModelRequest, index: number) => ScriptedReply),
  profile: Partial<ModelProfile> = {},
  name: ScriptedModelName = {},
): ScriptedModel {
  const requests: ModelRequest[] = [];
  const named = { provider: name.provider ?? "scripted", modelId: name.modelId ?? "plan" };
  return {
    port: "language-model/1",
    ...named,
    profile: { ...PROFILE, ...profile },
    requests,
    get unused() {
      return typeof script === "function" ? 0 : Math.max(0, script.length - requests.length);
    },
    stream(request: ModelRequest, call: ModelCallOptions = {}): ModelStream {
      return createModelStream(({ signal }) => {
        const index = requests.push(request) - 1;
        const reply = typeof script === "function" ? script(request, index) : script[index];
        if (!reply) throw new Error(`The scripted model has no reply for call ${index + 1}.`);
        return play(named, reply, index, signal, call.delivery === "whole");
      }, call);
    },
  };
}

async function* play(
  named: Required<ScriptedModelName>,
  reply: ScriptedReply,
  index: number,
  signal: AbortSignal,
  whole: boolean,
): AsyncGenerator<readonly ModelEvent[], void, void> {
  yield [{ type: "start", ...named, warnings: [], rateLimits: [] }];
  await reply.until;
  if (signal.aborted) return;
  if (reply.reasoning) yield [{ type: "reasoning-delta", text: reply.reasoning }];
  const pieces = typeof reply.text === "string" ? [reply.text] : (reply.text ?? []);
  for (const text of whole ? [pieces.join("")] : pieces)
    if (text !== "") yield [{ type: "text-delta", text }];
  for (const [position, call] of (reply.toolCalls ?? []).entries()) {
    const { name, input = {}, callId = `call_${index}_${position}` } = call;
    yield [
      { type: "tool-call-start", callId, name },
      { type: "tool-call-delta", callId, argumentsText: JSON.stringify(input) },
      { type: "tool-call-end", callId, name, input },
    ];
  }
  if (reply.error !== undefined) throw reply.error;
  yield [finish(named, reply)];
}

function finish(named: Required<ScriptedModelName>, reply: ScriptedReply): FinishEvent {
  const { usage = { inputTokens: 10, outputTokens: 5 }, costUsd = 0.00001 } = reply;
  const attempt = {
    ...named,
    outcome: "completed",
    usage,
    costUsd,
    latencyMs: 1,
  } as const;
  return {
    type: "finish",
    reason: reply.finish ?? (reply.toolCalls?.length ? "tool-calls" : "stop"),
    usage,
    costUsd,
    timings: { totalMs: 1, firstTokenMs: 1 },
    attempts: [attempt],
  };
}
