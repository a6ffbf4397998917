import type { JsonValue, StandardSchema } from "@salesagent/ports";
import { exposeAgent, type McpAgent, type McpRun, type McpRunOptions } from "./served-agent.js";

/** How a run of a graph is called. */
export interface McpGraphOptions {
  readonly tenant: string;
  readonly runId: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a run of a graph came to, as far as it got. */
export type McpGraphOutcome =
  | { readonly status: "completed"; readonly state: unknown }
  | { readonly status: "waiting"; readonly state: unknown; readonly on: readonly unknown[] };

/** A graph: every compiled graph of this SDK is one, and so are agents that are graphs. */
export interface McpGraph<Input> {
  stream(
    input: Input,
    options: McpGraphOptions,
  ): AsyncIterable<{ readonly type: string }> & { result(): Promise<McpGraphOutcome> };
  stop(
    runId: string,
    stop: { readonly by: string; readonly reason: string },
    scope: { readonly tenant: string },
  ): Promise<boolean>;
}

/** What a graph is exposed with. */
export interface ExposedGraph<Input> {
  readonly name: string;
  readonly graph: McpGraph<Input>;
  /** Tells the client's model what the agent does and when to use it. */
  readonly description: string;
  /** An object; any Standard Schema that prints JSON Schema, such as zod's. */
  readonly input: StandardSchema<unknown, Input>;
  /** What a client is told of the state at the end. @defaultValue all of it */
  readonly output?: ((state: never) => JsonValue) | undefined;
  /** Whether its runs change anything outside, for clients that ask their user before. @defaultValue true */
  readonly writes?: boolean | undefined;
}

/**
 * Makes a graph, or an agent that is one, something that MCP clients can call. A run that waits, for a person or an event, is
 * answered with its id and what it waits for: the host answers it, and it goes on where somebody works. One whose client cancels
 * is stopped.
 *
 * @throws TypeError when its name can't be a tool's, or its input can't be printed as JSON Schema.
 */
export function exposeGraph<Input>(exposed: ExposedGraph<Input>): McpAgent {
  const { name, description, input, writes } = exposed;
  const run = (value: Input, call: McpRunOptions) => graphRun(exposed, value, call);
  return exposeAgent({ agent: { name, run }, description, input, writes });
}

function graphRun<Input>(
  { graph, output: told }: ExposedGraph<Input>,
  input: Input,
  { tenant, signal, effectScope }: McpRunOptions,
): McpRun {
  const runId = effectScope?.runId ?? crypto.randomUUID();
  const stream = graph.stream(input, { tenant, runId, signal });
  const stop = () => {
    graph.stop(runId, { by: "mcp", reason: "the client left" }, { tenant }).catch(() => {}); // it ends with its lease
  };
  signal?.addEventListener("abort", stop, { once: true });
  const output = async () => {
    try {
      const outcome = await stream.result();
      if (outcome.status === "waiting") return { status: "waiting", runId, waitsFor: outcome.on };
      return told ? told(outcome.state as never) : outcome.state;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  };
  return { [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](), output };
}
