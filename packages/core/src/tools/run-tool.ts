import { type JsonValue, SalesAgentError, type ToolCallPart, untilAborted } from "@salesagent/ports";
import { linkSignal } from "../kernel/linked-signal.js";
import { describeIssues, validate } from "../model/validate.js";
import type { AnyTool, ToolContext, ToolOutcome } from "./tool.js";

/**
 * Runs one tool call: checks the input, holds the time limit, checks the output and its size. What goes wrong becomes an
 * outcome that the model is told, so that it can mend its call.
 *
 * @throws The signal's own reason when the run is aborted; nothing else.
 */
export async function runTool(
  tools: ReadonlyMap<string, AnyTool>,
  call: ToolCallPart,
  context: Omit<ToolContext, "callId">,
): Promise<ToolOutcome> {
  const startedMs = context.clock.elapsed();
  const latencyMs = () => context.clock.elapsed() - startedMs;
  try {
    const tool = tools.get(call.name);
    if (!tool) throw unknownTool(call, tools);
    const output = await runChecked(tool, call, context);
    return { output, failed: false, latencyMs: latencyMs() };
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason;
    const failure = SalesAgentError.is(error) ? error : failed(call, error);
    const output = `Error (${failure.code}): ${failure.message}`;
    return { output, failed: true, errorCode: failure.code, latencyMs: latencyMs() };
  }
}

async function runChecked(
  tool: AnyTool,
  call: ToolCallPart,
  context: Omit<ToolContext, "callId">,
): Promise<JsonValue> {
  const facts = { tool: tool.name, callId: call.callId };
  if (tool.effect === "write") {
    throw new SalesAgentError("tool.effect_unguarded", {
      message: `The tool "${tool.name}" writes, and this agent has no effect ledger to do it through. Nothing was done.`,
      facts,
      replay: "safe",
    });
  }
  const input = await validate(tool.input, call.input);
  if ("issues" in input) {
    throw new SalesAgentError("tool.input_invalid", {
      message: `The input of "${tool.name}" is not valid: ${describeIssues(input.issues)}. Call it again with valid input.`,
      facts: { ...facts, issues: input.issues },
      replay: "safe",
    });
  }
  const raw = await withTimeLimit(tool, { ...context, callId: call.callId }, input.value);
  return checkSize(tool, call, await checkOutput(tool, call, raw));
}

async function withTimeLimit(tool: AnyTool, context: ToolContext, input: unknown): Promise<unknown> {
  using linked = linkSignal(context.signal);
  const timer = context.clock.schedule(tool.timeoutMs, () => {
    linked.abort(
      new SalesAgentError("tool.timed_out", {
        message: `The tool "${tool.name}" was not done within ${tool.timeoutMs} ms.`,
        facts: { tool: tool.name, callId: context.callId, limitMs: tool.timeoutMs },
        replay: tool.effect === "write" ? "unsafe" : "safe",
      }),
    );
  });
  try {
    linked.signal.throwIfAborted();
    const running = Promise.resolve(tool.run(input as never, { ...context, signal: linked.signal }));
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
    message: `The tool "${tool.name}" returned something that does not fit its schema: ${describeIssues(output.issues)}.`,
    facts: { tool: tool.name, callId: call.callId, issues: output.issues },
    replay: tool.effect === "write" ? "unsafe" : "safe",
  });
}

/** The output as JSON; `undefined` becomes null. */
function checkSize(tool: AnyTool, call: ToolCallPart, output: unknown): JsonValue {
  const text = JSON.stringify(output) ?? "null";
  if (text.length <= tool.maxOutputChars) return JSON.parse(text) as JsonValue;
  throw new SalesAgentError("tool.output_too_large", {
    message: `The output of "${tool.name}" is ${text.length} characters long; ${tool.maxOutputChars} are allowed. Ask for less.`,
    facts: { tool: tool.name, callId: call.callId, sizeChars: text.length, limitChars: tool.maxOutputChars },
    replay: tool.effect === "write" ? "unsafe" : "safe",
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
