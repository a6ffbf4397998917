import type { RunOptions } from "@salesagent/core/agent";
import {
  type Clock,
  type JsonObject,
  type JsonSchema,
  type JsonValue,
  SalesAgentError,
  type StandardSchema,
} from "@salesagent/ports";
import { eventInWords } from "./event-in-words.js";
import type { ServedCall, ServedOutcome, ServedTool } from "./served-tool.js";

/** What an agent's run is told. */
export type McpRunOptions = Pick<RunOptions, "tenant" | "signal" | "effectScope">;

/** One run of an agent: every `Run` of this SDK is one. */
export interface McpRun extends AsyncIterable<{ readonly type: string }> {
  output(): Promise<unknown>;
}

/** An agent that clients can call. Made by {@link exposeAgent}. */
export interface McpAgent {
  readonly name: string;
  readonly description: string;
  readonly input: StandardSchema;
  readonly inputSchema: JsonSchema;
  readonly writes: boolean;
  run(input: never, options: McpRunOptions): McpRun;
}

/** What an agent is exposed with. */
export interface ExposedAgent<Input> {
  readonly agent: { readonly name: string; run(input: Input, options: McpRunOptions): McpRun };
  /** Tells the client's model what the agent does and when to use it. */
  readonly description: string;
  /** An object; any Standard Schema that prints JSON Schema, such as zod's. */
  readonly input: StandardSchema<unknown, Input>;
  /** @defaultValue the agent's name */
  readonly name?: string | undefined;
  /** Whether its runs change anything outside, for clients that ask their user before. @defaultValue true */
  readonly writes?: boolean | undefined;
}

/**
 * Makes an agent something that MCP clients can call.
 *
 * @throws TypeError when its name can't be a tool's, or its input can't be printed as JSON Schema.
 */
export function exposeAgent<Input>(exposed: ExposedAgent<Input>): McpAgent {
  const { agent, description, input, writes = true, name = agent.name } = exposed;
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new TypeError(`exposeAgent.name must be 1–64 letters, digits, "_" or "-", got "${name}"`);
  }
  const print = input["~standard"].jsonSchema?.input;
  if (!print)
    throw new TypeError(`exposeAgent.input of ${name}: this schema can't be printed as JSON Schema`);
  const { $schema: _dialect, ...inputSchema } = print({ target: "draft-2020-12" }) as JsonObject;
  if (inputSchema["type"] !== "object") throw new TypeError(`exposeAgent.input of ${name} must be an object`);
  return Object.freeze({
    ...{ name, description, input, inputSchema, writes },
    run: (value: Input, options: McpRunOptions) => agent.run(value, options),
  });
}

/** Runs of agents that wait for a person's word, while this process lives. */
export interface WaitingRuns {
  keep(approvalId: string, principal: string, goOn: (call: ServedCall) => Promise<ServedOutcome>): void;
}

export interface AgentMeans {
  readonly clock: Clock;
  readonly createId: () => string;
  readonly waiting: WaitingRuns;
}

/** How often a client is told that text is being written, in milliseconds. */
const TEXT_NEWS_MS = 1_000;

/** Serves an agent: its run is told as progress, and ends when the client cancels. */
export function serveAgent(agent: McpAgent, means: AgentMeans): ServedTool {
  const work = async (input: unknown, runId: string, call: ServedCall): Promise<ServedOutcome> => {
    const { principal, signal } = call;
    const effectScope = { runId, step: `mcp/${agent.name}` };
    const run = agent.run(input as never, { tenant: principal.tenant, signal, effectScope });
    try {
      await tell(run, call, means.clock);
      return { output: toJson(await run.output()), failed: false };
    } catch (error) {
      if (SalesAgentError.is(error, "approval.required")) {
        const owner = `${principal.tenant}\n${principal.id}`;
        means.waiting.keep(error.facts.approvalId, owner, (later) => work(input, runId, later));
      }
      throw error;
    }
  };
  const { name, description, inputSchema, writes } = agent;
  return {
    ...{ name, description, inputSchema, writes, external: true },
    call: async (call) => work(await checkInput(agent, call.input), means.createId(), call),
  };
}

async function tell(run: McpRun, { progress }: ServedCall, clock: Clock): Promise<void> {
  let toldMs = Number.NEGATIVE_INFINITY;
  for await (const event of run) {
    const words = eventInWords(event);
    if (words === undefined) continue;
    if (event.type === "text-delta") {
      if (clock.elapsed() - toldMs < TEXT_NEWS_MS) continue;
      toldMs = clock.elapsed();
    }
    progress(words);
  }
}

async function checkInput({ name, input: schema }: McpAgent, input: JsonObject): Promise<unknown> {
  const checked = await schema["~standard"].validate(input);
  if (checked.issues === undefined) return checked.value;
  const issues = checked.issues.slice(0, 10).map(({ message, path = [] }) => ({
    path: path.map((part) => String(typeof part === "object" ? part.key : part)).join("."),
    message,
  }));
  const told = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  throw new SalesAgentError("agent.input_invalid", {
    message: `The input of "${name}" is not valid: ${told}.`,
    facts: { agent: name, issues },
    replay: "safe",
  });
}

function toJson(output: unknown): JsonValue {
  return JSON.parse(JSON.stringify(output) ?? "null") as JsonValue;
}
