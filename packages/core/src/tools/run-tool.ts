import { type JsonValue, SalesAgentError, type ToolCallPart, untilAborted } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";
import { describeIssues, validate } from "../model/validate.js";
import type { AnyTool, ToolContext, ToolOutcome, WriteContext } from "./tool.js";
import { callThroughLedger, EndOfRun, type WriteSteps } from "./write-call.js";
import type { WriteGuard } from "./write-guard.js";

/**
 * Runs one tool call: checks the input, holds the time limit, checks the output and its size. What goes wrong becomes an
 * outcome that the model is told, so that it can mend its call.
 *
 * @param guard - What tools that write run through; without one they are refused. Call in the order of the model's calls.
 * @throws The signal's own reason when the run is aborted; of a tool that writes, what the model must not go on after:
 * `effect.unknown`, `effect.in_progress`, `approval.required`, and what `onApprovalRequired` throws. Nothing else.
 */
export async function runTool(
  tools: ReadonlyMap<string, AnyTool>,
  call: ToolCallPart,
  context: Omit<ToolContext, "callId">,
  guard?: WriteGuard,
): Promise<ToolOutcome> {
  const startedMs = context.clock.elapsed();
  const latencyMs = () => context.clock.elapsed() - startedMs;
  try {
    const tool = tools.get(call.name);
    if (!tool) throw unknownTool(call, tools);
    const raw = await (tool.effect === "write"
      ? writeOnce(tool, call, context, guard)
      : readInput(tool, call, call.input).then((input) => withTimeLimit(tool, call, context, input)));
    const output = checkSize(tool, call, await checkOutput(tool, call, raw));
    return { output, failed: false, latencyMs: latencyMs() };
  } catch (error) {
    if (error instanceof EndOfRun) throw error.error;
    if (context.signal.aborted) throw context.signal.reason;
    const failure = SalesAgentError.is(error) ? error : failed(call, error);
    const output = `Error (${failure.code}): ${failure.message}`;
    return { output, failed: true, errorCode: failure.code, latencyMs: latencyMs() };
  }
}

async function writeOnce(
  tool: AnyTool,
  call: ToolCallPart,
  context: Omit<ToolContext, "callId">,
  guard: WriteGuard | undefined,
): Promise<unknown> {
  if (!guard || !tool.rules) throw unguarded(tool, call);
  const turn = guard.slots.enter();
  const steps: WriteSteps = {
    parse: (input) => readInput(tool, call, input),
    act: async (input, { idempotencyKey, signal }) => {
      const given: WriteContext = { ...context, callId: call.callId, idempotencyKey, signal };
      return tool.run(input as never, given);
    },
  };
  try {
    return await callThroughLedger(tool, tool.rules, call, { guard, turn, steps, context });
  } finally {
    turn.leave();
  }
}

async function readInput(tool: AnyTool, call: ToolCallPart, given: JsonValue): Promise<unknown> {
  const input = await validate(tool.input, given);
  if ("value" in input) return input.value;
  throw new SalesAgentError("tool.input_invalid", {
    message: `The input of "${tool.name}" is not valid: ${describeIssues(input.issues)}. Call it again with valid input.`,
    facts: { tool: tool.name, callId: call.callId, issues: input.issues },
    replay: "safe",
  });
}

async function withTimeLimit(
  tool: AnyTool,
  call: ToolCallPart,
  context: Omit<ToolContext, "callId">,
  input: unknown,
): Promise<unknown> {
  using linked = linkSignal(context.signal);
  const timer = context.clock.schedule(tool.timeoutMs, () => {
    linked.abort(
      new SalesAgentError("tool.timed_out", {
        message: `The tool "${tool.name}" was not done within ${tool.timeoutMs} ms.`,
        facts: { tool: tool.name, callId: call.callId, limitMs: tool.timeoutMs },
        replay: "safe",
      }),
    );
  });
  try {
    linked.signal.throwIfAborted();
    const given = { ...context, callId: call.callId, signal: linked.signal };
    const running = Promise.resolve(tool.run(input as never, given));
    return await untilAborted(running, linked.signal);
  } finally {
    timer.cancel();
  }
}

async function checkOutput(tool: AnyTool, call: ToolCallPart, raw: unknown): Promise<unknown> {
  if (!tool.output) return raw;
  const output = await validate(tool.output, raw);
  if (!("issues" in output)) return output.value;
  throw new SalesAgentError("tool.output_invalid", {
    message: `The tool "${tool.name}" returned something that does not fit its schema: ${describeIssues(output.issues)}.${whatStands(tool)}`,
    facts: { tool: tool.name, callId: call.callId, issues: output.issues },
    replay: tool.effect === "write" ? "unsafe" : "safe",
  });
}

/** The output as JSON; `undefined` becomes null. */
function checkSize(tool: AnyTool, call: ToolCallPart, output: unknown): JsonValue {
  const text = JSON.stringify(output) ?? "null";
  if (text.length <= tool.maxOutputChars) return JSON.parse(text) as JsonValue;
  throw new SalesAgentError("tool.output_too_large", {
    message: `The output of "${tool.name}" is ${text.length} characters long; ${tool.maxOutputChars} are allowed.${whatStands(tool) || " Ask for less."}`,
    facts: { tool: tool.name, callId: call.callId, sizeChars: text.length, limitChars: tool.maxOutputChars },
    replay: tool.effect === "write" ? "unsafe" : "safe",
  });
}

/** A model that is told of a bad output must not take it for a write that failed. */
function whatStands(tool: AnyTool): string {
  return tool.effect === "write" ? " What it was called for is done; do not call it again." : "";
}

function unguarded(tool: AnyTool, call: ToolCallPart): SalesAgentError<"tool.effect_unguarded"> {
  return new SalesAgentError("tool.effect_unguarded", {
    message: `The tool "${tool.name}" writes, and this agent has no effect ledger to do it through. Nothing was done.`,
    facts: { tool: tool.name, callId: call.callId },
    replay: "safe",
  });
}

function unknownTool(
  call: ToolCallPart,
  tools: ReadonlyMap<string, AnyTool>,
): SalesAgentError<"tool.unknown"> {
  const known = [...tools.keys()];
  return new SalesAgentError("tool.unknown", {
    message: `There is no tool "${call.name}". The tools are: ${known.join(", ") || "none"}.`,
    facts: { tool: call.name, callId: call.callId, known },
    replay: "safe",
  });
}

/** The tool's own error: its message reaches the model, its stack and fields do not. */
function failed(call: ToolCallPart, error: unknown): SalesAgentError<"tool.failed"> {
  const said = error instanceof Error ? error.message : "unknown failure";
  return new SalesAgentError("tool.failed", {
    message: `The tool "${call.name}" failed: ${said}`,
    facts: { tool: call.name, callId: call.callId },
    replay: "unsafe",
    cause: error,
  });
}
