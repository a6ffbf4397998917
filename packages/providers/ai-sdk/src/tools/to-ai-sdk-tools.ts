import { EffectSlots, type Effects } from "@salesagent/core/effects";
import { type AnyTool, runTool, type WriteGuard } from "@salesagent/core/tools";
import { type Clock, type JsonObject, type JsonValue, SalesAgentError, systemClock } from "@salesagent/ports";
import type { AiSdkCall, AiSdkValidation, ToolForAiSdk } from "./ai-sdk-tool.js";

/** One run of the AI SDK: make the tools anew for each. */
export interface ToAiSdkToolsContext<Schema> {
  /** The AI SDK's own `jsonSchema`: `import { jsonSchema } from "ai"`. */
  readonly jsonSchema: (schema: never, validation: AiSdkValidation) => Schema;
  /** Whose data this is. */
  readonly tenant: string;
  /** What effects are named by: give the same whenever the same work is begun again. @defaultValue a new id */
  readonly runId?: string | undefined;
  /** Who calls, for approvals and the audit trail. @defaultValue "ai-sdk" */
  readonly agent?: string | undefined;
  /** What tools that write run through; needed where there are any. */
  readonly effects?: Effects | undefined;
  /**
   * Told of a call that waits for a person, and may wait for the decision.
   *
   * @defaultValue the call ends in `approval.required`
   */
  readonly onApprovalRequired?: WriteGuard["onApprovalRequired"];
  /**
   * Told of what the run must not go on after: `approval.required`, `effect.unknown`, `effect.in_progress`. Abort the run here; a
   * model that goes on all the same has every further call refused.
   */
  readonly onEnd?: ((error: unknown) => void) | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
}

/**
 * Makes tools for `generateText`, `streamText` and agents of the AI SDK: their input, time, size and effects are held as in an
 * agent of this SDK.
 *
 * @throws TypeError when two have one name, or one writes and there are no `effects`.
 */
export function toAiSdkTools<Schema>(
  tools: readonly AnyTool[],
  context: ToAiSdkToolsContext<Schema>,
): Record<string, ToolForAiSdk<Schema>> {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  if (byName.size !== tools.length) throw new TypeError("toAiSdkTools: two tools have one name");
  const writing = tools.find(({ effect }) => effect === "write");
  if (writing && !context.effects) {
    throw new TypeError(`toAiSdkTools.effects is needed: the tool "${writing.name}" writes`);
  }
  const call = callsOf(byName, context);
  return Object.fromEntries(
    tools.map(({ name, description, inputSchema, input }) => {
      const schema = context.jsonSchema(inputSchema as never, validationOf(name, input));
      return [name, { description, inputSchema: schema, execute: (given, at) => call(name, given, at) }];
    }),
  );
}

/** What runs calls of one run: numbered together, and none after one that ends it. */
function callsOf(tools: ReadonlyMap<string, AnyTool>, context: ToAiSdkToolsContext<unknown>) {
  const { tenant, runId = crypto.randomUUID(), agent = "ai-sdk", effects, clock = systemClock } = context;
  const { onApprovalRequired, onEnd } = context;
  const slots = new EffectSlots("ai-sdk");
  const guard = effects && { effects, agent, runId, slots, onApprovalRequired };
  let end: { readonly error: unknown } | undefined;
  return async (name: string, input: unknown, { toolCallId, abortSignal }: AiSdkCall): Promise<JsonValue> => {
    if (end) throw end.error;
    const signal = abortSignal ?? new AbortController().signal;
    const call = { type: "tool-call", callId: toolCallId, name, input: input as JsonObject } as const;
    const outcome = await runTool(tools, call, { tenant, runId, signal, clock }, guard).catch(
      (error: unknown) => {
        if (signal.aborted) throw error;
        end ??= { error };
        onEnd?.(error);
        throw error;
      },
    );
    if (!outcome.failed) return outcome.output;
    // The AI SDK tells the model what is thrown.
    throw new Error(typeof outcome.output === "string" ? outcome.output : JSON.stringify(outcome.output));
  };
}

/** Input that does not fit is told before the call; what is called is given as it came, and read by the tool itself. */
function validationOf(name: string, schema: AnyTool["input"]): AiSdkValidation {
  return {
    async validate(value) {
      const { issues } = await schema["~standard"].validate(value);
      if (issues === undefined) return { success: true, value };
      const told = issues.slice(0, 10).map(({ path = [], message }) => {
        const at = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
        return at === "" ? message : `${at}: ${message}`;
      });
      const error = new SalesAgentError("tool.input_invalid", {
        message: `The input of "${name}" is not valid: ${told.join("; ")}.`,
        facts: { tool: name, issues: told.map((message) => ({ path: "", message })) },
        replay: "safe",
      });
      return { success: false, error };
    },
  };
}
