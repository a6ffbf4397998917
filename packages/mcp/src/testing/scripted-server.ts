import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

/** A tool as a server lists it; hostile ones list anything. */
export type ListedTool = Readonly<Record<string, unknown>>;

export type CallHandler = (
  name: string,
  input: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => unknown;

/** A server of the official SDK in this process, whose list and answers a test can change. */
export interface ScriptedServer {
  /** Connects anew. */
  transport(): Promise<Transport>;
  list: readonly ListedTool[];
  answer: CallHandler;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  readonly connections: number;
  /** Tells clients that the list changed. */
  tellChange(): Promise<void>;
  /** Drops the connection. */
  drop(): Promise<void>;
}

export const textAnswer = (text: string) => ({ content: [{ type: "text", text }] });

/** Looks up a company; says that it only reads. */
export const LOOK_UP: ListedTool = {
  name: "look.up",
  description: "Looks a company up.",
  inputSchema: {
    type: "object",
    properties: { company: { type: "string", minLength: 1 } },
    required: ["company"],
    additionalProperties: false,
  },
  annotations: { readOnlyHint: true },
};

/** Makes an issue; says nothing of itself. */
export const MAKE_ISSUE: ListedTool = {
  name: "make_issue",
  description: "Makes an issue.",
  inputSchema: { type: "object", properties: { title: { type: "string" } }, required: ["title"] },
};

export function scriptedServer(list: readonly ListedTool[] = [LOOK_UP, MAKE_ISSUE]): ScriptedServer {
  const calls: { name: string; input: unknown }[] = [];
  let connections = 0;
  let current: Server | undefined;
  const scripted = {
    list,
    answer: ((name) => textAnswer(`${name} is done`)) as CallHandler,
    calls,
    get connections() {
      return connections;
    },
    async transport() {
      connections++;
      const server = new Server(
        { name: "scripted", version: "1" },
        { capabilities: { tools: { listChanged: true } } },
      );
      server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [...scripted.list] as never }));
      server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
        const input = params.arguments ?? {};
        calls.push({ name: params.name, input });
        return (await scripted.answer(params.name, input, signal)) as never;
      });
      current = server;
      const [ours, theirs] = InMemoryTransport.createLinkedPair();
      await server.connect(theirs);
      return ours;
    },
    tellChange: async () => current?.sendToolListChanged(),
    drop: async () => current?.close(),
  };
  return scripted;
}
