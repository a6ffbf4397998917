import { type JsonValue, SalesAgentError, type ToolCallPart } from "@salesagent/ports";
import type { Effect, SlotTurn } from "../effects/index.js";
import type { AnyTool, ToolContext, WriteRules } from "./tool.js";
import type { WriteGuard } from "./write-guard.js";

/** Codes after which the model must not go on: whether something was done, or may be, is for others to say. */
const RUN_ENDING = ["effect.unknown", "effect.in_progress", "approval.required"] as const;

/** What the model is not told: it ends the run. */
export class EndOfRun {
  constructor(readonly error: unknown) {}
}

/** How a tool's input is read and what it does, as runTool has it. */
export interface WriteSteps {
  readonly parse: (input: JsonValue) => Promise<unknown>;
  readonly act: (
    input: unknown,
    context: { idempotencyKey: string; signal: AbortSignal },
  ) => Promise<unknown>;
}

/**
 * Runs a tool that writes through the ledger.
 *
 * @param turn - Entered when the call began, so that calls are numbered in their order.
 * @throws EndOfRun where the run can't go on; else what the ledger throws, and then it is sure that nothing was done.
 */
export async function callThroughLedger(
  tool: AnyTool,
  rules: WriteRules<never, unknown>,
  call: ToolCallPart,
  { guard, turn, steps, context }: WriteCall,
): Promise<unknown> {
  const { tenant, signal } = context;
  const { agent, runId } = guard;
  let release = () => {};
  const step = async (target: string): Promise<string> => {
    const slot = await turn.take(tool.name, target);
    release = slot.release;
    return slot.step;
  };
  try {
    return await guard.effects.run(toEffect(tool, rules, steps), {
      ...{ tenant, runId, agent, callId: call.callId, signal, step, input: call.input },
      onApprovalRequired: guard.onApprovalRequired && interrupting(guard.onApprovalRequired),
    });
  } catch (error) {
    if (error instanceof EndOfRun) throw error;
    if (RUN_ENDING.some((code) => SalesAgentError.is(error, code))) throw new EndOfRun(error);
    release();
    throw error;
  }
}

export interface WriteCall {
  readonly guard: WriteGuard;
  readonly turn: SlotTurn;
  readonly steps: WriteSteps;
  readonly context: Pick<ToolContext, "tenant" | "signal">;
}

function toEffect(
  tool: AnyTool,
  { target, lookup, gates, approval }: WriteRules<never, unknown>,
  { parse, act }: WriteSteps,
): Effect<unknown, unknown> {
  const { name, timeoutMs } = tool;
  // `parse` gives what the schema gives, which is what these were written for.
  const rules = { target, lookup, approval } as Pick<
    Effect<unknown, unknown>,
    "target" | "lookup" | "approval"
  >;
  return { ...rules, name, gates, timeoutMs, parse, act };
}

/** What the host throws while a person is waited for is its own affair, such as a graph that lays the run to rest. */
function interrupting(wait: NonNullable<WriteGuard["onApprovalRequired"]>): typeof wait {
  return async (approval) => {
    try {
      return await wait(approval);
    } catch (error) {
      throw new EndOfRun(error);
    }
  };
}
