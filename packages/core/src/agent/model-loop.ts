import {
  type JsonValue,
  type LanguageModel,
  type Message,
  type ModelRequest,
  type ModelResult,
  SalesAgentError,
  type ToolCallPart,
  type ToolMessage,
  userMessage,
} from "@salesagent/ports";
import { isTooDeep } from "../model/json-depth.js";
import { repairPrompt, type StructuredOutput } from "../model/structured-output.js";
import type { Span } from "../telemetry/telemetry.js";
import { runTool } from "../tools/run-tool.js";
import type { AnyTool, ToolOutcome } from "../tools/tool.js";
import { invalidOutput, refuseIncomplete, tooDeep } from "./answer-errors.js";
import { callModel } from "./call-model.js";
import type { StepMemory } from "./loop-memory.js";
import type { RunContext } from "./run-context.js";
import type { WorkEvent } from "./run-event.js";

/** What a loop works with. */
export interface ModelLoopOptions<Output> {
  readonly agent: string;
  readonly model: LanguageModel;
  readonly messages: readonly Message[];
  readonly tools: ReadonlyMap<string, AnyTool>;
  /** How the answer is read; text as it is without it. */
  readonly output: StructuredOutput<Output> | undefined;
  /** Model calls in all; whole number ≥ 1. */
  readonly maxSteps: number;
  /** How often an answer of the wrong shape is asked for again. */
  readonly maxRepairs: number;
  /** Further fields of each request, such as the effort of reasoning. */
  readonly request?: Omit<ModelRequest, "messages" | "tools" | "output"> | undefined;
  /** Told of each answer, and of the messages that it answers; also of one that is recalled, for which no model was asked. */
  readonly onAnswer?: ((result: ModelResult, asked: readonly Message[]) => void) | undefined;
}

/** What a loop ends with. */
export interface ModelLoopResult<Output> {
  readonly output: Output;
  /** The transcript, the final answer included. */
  readonly messages: readonly Message[];
  readonly result: ModelResult;
}

/**
 * Lets a model work: it answers, or calls tools, is told what came of them, and goes on. Tool calls of one answer run side
 * by side; what they found is kept when a later step is tried again. What the run recalls of an earlier life is told as if it
 * happened now.
 *
 * @throws `agent.step_limit`, `model.output_invalid`, `model.output_truncated`, `model.content_filtered`, what model calls throw,
 * and what ends a run from within a tool that writes: `approval.required`, `effect.unknown`, `effect.in_progress`.
 */
export async function* runModelLoop<Output>(
  context: RunContext,
  options: ModelLoopOptions<Output>,
): AsyncGenerator<WorkEvent, ModelLoopResult<Output>, void> {
  const messages = [...options.messages];
  const memory = context.loopMemory();
  let repairs = 0;
  for (let step = 0; step < options.maxSteps; step++) {
    const result = yield* modelStep(context, options, messages, memory?.answer(step));
    options.onAnswer?.(result, [...messages]);
    messages.push(result.message);
    if (result.toolCalls.length > 0) {
      await memory?.keepAnswer(step, result);
      messages.push(yield* toolStep(context, options.tools, result.toolCalls, memory?.at(step)));
      continue;
    }
    refuseIncomplete(result);
    const read = await readOutput(options, result);
    if ("output" in read) {
      await memory?.keepAnswer(step, result);
      return { output: read.output, messages, result };
    }
    memory?.holdAnswer(step, result);
    yield { type: "output-rejected", issues: read.issues };
    if (repairs++ >= options.maxRepairs) throw invalidOutput(result, read.issues);
    messages.push(userMessage(repairPrompt(read.issues), "developer"));
  }
  throw new SalesAgentError("agent.step_limit", {
    message: `The agent "${options.agent}" used its ${options.maxSteps} steps without an answer. Raise \`maxSteps\`, or give it fewer tools.`,
    facts: { agent: options.agent, limit: options.maxSteps },
    replay: "unsafe",
  });
}

async function* modelStep<Output>(
  context: RunContext,
  options: ModelLoopOptions<Output>,
  messages: readonly Message[],
  recalled: ModelResult | undefined,
): AsyncGenerator<WorkEvent, ModelResult, void> {
  const { model, output } = options;
  const startedAt = context.nowIso();
  const startedMs = context.clock.elapsed();
  const step = { type: "step-started", index: context.nextStep, kind: "model", name: model.modelId } as const;
  yield recalled ? { ...step, recalled: true } : step;
  const result = recalled ?? (yield* callModel(context, model, toRequest(options, messages), output));
  if (result.toolCalls.some(({ input }) => isTooDeep(input))) throw tooDeep(result);
  const latencyMs = context.clock.elapsed() - startedMs;
  const told = { text: result.text, toolCalls: result.toolCalls.length };
  const answer = recalled ? { ...told, recalled: true } : told;
  context.noteStep({
    kind: "model",
    name: model.modelId,
    status: "completed",
    output: answer,
    startedAt,
    latencyMs,
  });
  return result;
}

/** One request of a loop. */
export function toRequest<Output>(
  options: Pick<ModelLoopOptions<Output>, "tools" | "request" | "output" | "model">,
  messages: readonly Message[],
): ModelRequest {
  const tools = [...options.tools.values()];
  const request: ModelRequest = {
    ...options.request,
    messages: [...messages],
    ...(tools.length === 0
      ? {}
      : { tools: tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })) }),
  };
  return options.output ? options.output.ask(request, options.model.profile) : request;
}

async function* toolStep(
  context: RunContext,
  tools: ReadonlyMap<string, AnyTool>,
  calls: readonly ToolCallPart[],
  memory: StepMemory | undefined,
): AsyncGenerator<WorkEvent, ToolMessage, void> {
  const known = memory?.findings();
  for (const { callId, name, input } of calls) {
    yield { type: "tool-started", callId, name, input, ...(known && { recalled: true }) };
  }
  if (known) return yield* tellAgain(context, calls, known);
  const writes = ({ name }: ToolCallPart) => tools.get(name)?.effect === "write";
  const mayEnd = memory && calls.some(writes);
  const running = calls.map((call, index) => {
    const run = () => runRecorded(context, tools, call);
    return mayEnd && !writes(call) ? memory.once(index, run) : run();
  });
  // Each is awaited in turn below; one that fails first must not count as unhandled meanwhile.
  for (const pending of running) pending.catch(() => {});
  const parts: ToolMessage["parts"][number][] = [];
  for (const [index, call] of calls.entries()) {
    const outcome = await outcomeOf(running, index);
    const { callId, name } = call;
    const { output, failed, latencyMs } = outcome;
    const origin = failed ? "tool" : (tools.get(name)?.origin ?? "tool");
    parts.push({ type: "tool-result", callId, name, output, failed, origin });
    yield { type: "tool-finished", callId, name, output, failed, latencyMs };
  }
  const message: ToolMessage = { role: "tool", parts };
  await memory?.keepFindings(message);
  return message;
}

async function* tellAgain(
  context: RunContext,
  calls: readonly ToolCallPart[],
  message: ToolMessage,
): AsyncGenerator<WorkEvent, ToolMessage, void> {
  const startedAt = context.nowIso();
  for (const [index, { callId, name, output, failed = false }] of message.parts.entries()) {
    const status = failed ? "failed" : "completed";
    const input = calls[index]?.input ?? null;
    context.noteStep({ kind: "tool", name, status, input, output, startedAt, latencyMs: 0 });
    yield { type: "tool-finished", callId, name, output, failed, latencyMs: 0, recalled: true };
  }
  return message;
}

/** One call's outcome. What ends the run waits for the calls beside it: none is left in the middle of a write. */
async function outcomeOf(running: readonly Promise<ToolOutcome>[], index: number): Promise<ToolOutcome> {
  try {
    return (await running[index]) as ToolOutcome;
  } catch (error) {
    await Promise.allSettled(running);
    throw error;
  }
}

async function runRecorded(
  context: RunContext,
  tools: ReadonlyMap<string, AnyTool>,
  call: ToolCallPart,
): Promise<ToolOutcome> {
  const { tenant, runId, signal, clock, init } = context;
  const startedAt = context.nowIso();
  const attributes = {
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": call.name,
    "gen_ai.tool.call.id": call.callId,
  };
  const span = init.telemetry.startSpan(`execute_tool ${call.name}`, "internal", attributes, init.span);
  context.emit("task-tool-use", { tool: call.name, callId: call.callId });
  try {
    const outcome = await runTool(tools, call, { tenant, runId, signal, clock }, context.writeGuard);
    const { output, failed, latencyMs, errorCode } = outcome;
    if (errorCode !== undefined) span.fail(errorCode);
    const error = errorCode === undefined ? {} : { error: { code: errorCode, message: String(output) } };
    const status = failed ? "failed" : "completed";
    context.noteStep({
      kind: "tool",
      name: call.name,
      status,
      input: call.input,
      output,
      ...error,
      startedAt,
      latencyMs,
    });
    context.emit("task-tool-result", { tool: call.name, callId: call.callId, failed, latencyMs });
    return outcome;
  } catch (error) {
    if (SalesAgentError.is(error)) noteEndingCall(context, call, { error, startedAt, span });
    throw error;
  } finally {
    span.end();
  }
}

/** Puts a call that ends the run on record. */
function noteEndingCall(
  context: RunContext,
  { name, callId, input }: ToolCallPart,
  { error, startedAt, span }: { error: SalesAgentError; startedAt: string; span: Span },
): void {
  const { code, message } = error;
  const latencyMs = Math.max(0, context.clock.now() - Date.parse(startedAt));
  span.fail(code);
  context.noteStep({
    kind: "tool",
    name,
    status: "failed",
    input,
    error: { code, message },
    startedAt,
    latencyMs,
  });
  context.emit("task-tool-result", { tool: name, callId, failed: true, latencyMs });
}

type Read<Output> =
  | { readonly output: Output }
  | { readonly issues: readonly { path: string; message: string }[] };

async function readOutput<Output>(
  { output }: ModelLoopOptions<Output>,
  result: ModelResult,
): Promise<Read<Output>> {
  // Without a schema the output is the text, and `Output` is string.
  if (!output) return { output: result.text as JsonValue as Output };
  const read = await output.read(result.text);
  return "value" in read ? { output: read.value } : read;
}
