import type { ApprovalOption, Gate } from "@salesagent/core/effects";
import { type AnyTool, defineTool, type ToolContext, type ToolEffect } from "@salesagent/core/tools";
import type { JsonSchema, StandardSchema } from "@salesagent/ports";
import type { AiSdkSchema, AiSdkTool } from "./ai-sdk-tool.js";

export interface FromAiSdkToolsOptions {
  /** The AI SDK's own `asSchema`: `import { asSchema } from "ai"`. */
  readonly asSchema: (schema: never) => AiSdkSchema;
  /**
   * What the tools do, all of them or each by its name. The AI SDK does not tell; what is not said to read runs through the effect
   * ledger. @defaultValue "write"
   */
  readonly effect?: ToolEffect | ((name: string) => ToolEffect | undefined) | undefined;
  /** Of tools that write: whether a person has to allow a call. @defaultValue where the tool says `needsApproval` */
  readonly approval?: ApprovalOption<unknown> | false | undefined;
  /** Of tools that write: asked before each call. @defaultValue none */
  readonly gates?: readonly Gate[] | undefined;
  /** Of tools that write: whom or what it is done to. @defaultValue the whole input: the same input is the same effect */
  readonly target?: ((name: string, input: unknown) => string) | undefined;
  /** Whose words the outputs are. @defaultValue "external" */
  readonly origin?: "tool" | "external" | undefined;
  /** How long a call may take, in milliseconds. @defaultValue 30_000 */
  readonly timeoutMs?: number | undefined;
  /** How long an output may be as JSON, in characters. @defaultValue 100_000 */
  readonly maxOutputChars?: number | undefined;
  /** What tools are given as `experimental_context`, and as `context` in AI SDK 7. */
  readonly context?: unknown;
}

/**
 * Makes tools of the AI SDK's: their input is checked by their own schemas, those that write run through the effect ledger, and
 * `needsApproval` becomes an approval that a person decides and that is on record.
 *
 * @param tools - As `generateText` takes them, by name.
 * @throws TypeError naming the tool that can't run here: one without `execute`, which a client or a vendor runs.
 */
export async function fromAiSdkTools(
  tools: Readonly<Record<string, AiSdkTool>>,
  options: FromAiSdkToolsOptions,
): Promise<readonly AnyTool[]> {
  return Promise.all(Object.entries(tools).map(([name, tool]) => fromAiSdkTool(name, tool, options)));
}

async function fromAiSdkTool(
  name: string,
  tool: AiSdkTool,
  options: FromAiSdkToolsOptions,
): Promise<AnyTool> {
  if (typeof tool.execute !== "function") {
    throw new TypeError(
      `tools.${name} has no execute: a client or a vendor runs it, which no agent here can wait for`,
    );
  }
  const { effect: says = "write", gates, target, origin = "external", timeoutMs, maxOutputChars } = options;
  const effect = typeof says === "function" ? (says(name) ?? "write") : says;
  const approval = options.approval ?? approvalOf(tool);
  const common = {
    name,
    description: typeof tool.description === "string" ? tool.description : `The tool ${name}.`,
    input: await toStandard(name, options.asSchema(tool.inputSchema as never)),
    origin,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(maxOutputChars === undefined ? {} : { maxOutputChars }),
  };
  const run = (input: unknown, context: ToolContext) => execute(tool, input, context, options.context);
  if (effect !== "write") return defineTool<unknown, unknown>({ ...common, effect, run });
  return defineTool<unknown, unknown>({
    ...{ ...common, effect, gates, run },
    ...(approval === false ? {} : { approval }),
    target: (input) => target?.(name, input) ?? `${name} ${stableJson(input)}`,
  });
}

/** A tool that decides by its input whether it asks may wait for something first: then a person is asked each time. */
function approvalOf({ needsApproval }: AiSdkTool): true | false {
  return needsApproval === true || typeof needsApproval === "function";
}

async function toStandard(
  name: string,
  { jsonSchema, validate }: AiSdkSchema,
): Promise<StandardSchema<unknown, unknown>> {
  const printed = await jsonSchema;
  if (typeof printed !== "object" || printed === null) {
    throw new TypeError(`tools.${name}.inputSchema has no JSON Schema`);
  }
  const schema = printed as JsonSchema;
  return {
    "~standard": {
      version: 1,
      vendor: "ai-sdk",
      validate: async (value) => (validate ? readValidation(await validate(value)) : { value }),
      jsonSchema: { input: () => ({ ...schema }), output: () => ({ ...schema }) },
    },
  };
}

function readValidation(result: unknown) {
  const { success, value, error } = result as {
    readonly success: boolean;
    readonly value?: unknown;
    readonly error?: unknown;
  };
  if (success) return { value };
  return { issues: [{ message: error instanceof Error ? error.message : "is not valid" }] };
}

async function execute(
  tool: AiSdkTool,
  input: unknown,
  { callId, signal }: ToolContext,
  given: unknown,
): Promise<unknown> {
  // `context` is what AI SDK 7 calls it.
  const names = { context: given, experimental_context: given };
  const call = { toolCallId: callId, messages: [], abortSignal: signal, ...names };
  const output = await tool.execute?.(input as never, call as never);
  if (typeof output !== "object" || output === null || !(Symbol.asyncIterator in output)) return output;
  let last: unknown;
  // What comes before the last is for whoever watches; the AI SDK tells a model the last one too.
  for await (const part of output as AsyncIterable<unknown>) last = part;
  return last;
}

function stableJson(value: unknown): string {
  const sorted = (_key: string, item: unknown): unknown => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)));
  };
  return JSON.stringify(value, sorted) ?? "null";
}
