import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { CallToolResult, Tool } from "@modelcontextprotocol/sdk/types.js";
import type { JsonObject } from "@salesagent/ports";
import { toErrorResult, toResult } from "./call-result.js";
import type { McpPrincipal, ServedTool } from "./served-tool.js";

/** One client that is served. */
export interface McpSession extends AsyncDisposable {
  /** Resolves when the client has left, or was left. */
  readonly closed: Promise<void>;
  /** Calls that run. */
  readonly running: number;
}

export interface SessionOptions {
  readonly name: string;
  readonly version: string;
  readonly instructions: string | undefined;
  /** What this client may use, asked anew each time. */
  readonly allowed: () => readonly ServedTool[];
  readonly principal: McpPrincipal;
}

/** Serves a client over a transport. The SDK is loaded here. */
export async function openSession(options: SessionOptions, transport: Transport): Promise<McpSession> {
  const [{ Server }, types] = await Promise.all([
    import("@modelcontextprotocol/sdk/server/index.js"),
    import("@modelcontextprotocol/sdk/types.js"),
  ]);
  const { name, version, instructions, allowed, principal } = options;
  const server = new Server(
    { name, version },
    {
      capabilities: { tools: {} },
      ...(instructions === undefined ? {} : { instructions }),
      // Nobody is asked for forms here; the SDK's own validator compiles what it is given.
      jsonSchemaValidator: {
        getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
      },
    },
  );
  let running = 0;
  server.setRequestHandler(types.ListToolsRequestSchema, () => ({ tools: allowed().map(toDefinition) }));
  server.setRequestHandler(
    types.CallToolRequestSchema,
    async ({ params }, { signal, _meta, sendNotification }) => {
      const tool = allowed().find((candidate) => candidate.name === params.name);
      if (!tool)
        throw new types.McpError(types.ErrorCode.InvalidParams, `Unknown tool: ${params.name.slice(0, 100)}`);
      const progressToken = _meta?.progressToken;
      let told = 0;
      const progress = (message: string) => {
        if (progressToken === undefined || signal.aborted) return;
        const news = { progressToken, progress: ++told, message };
        sendNotification({ method: "notifications/progress", params: news }).catch(() => {}); // who has left is told nothing
      };
      running++;
      try {
        return await callServed(tool, (params.arguments ?? {}) as JsonObject, {
          principal,
          signal,
          progress,
        });
      } finally {
        running--;
      }
    },
  );
  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve;
  });
  await server.connect(transport);
  return {
    closed,
    get running() {
      return running;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function callServed(
  tool: ServedTool,
  input: JsonObject,
  call: Omit<Parameters<ServedTool["call"]>[0], "input">,
): Promise<CallToolResult> {
  try {
    return toResult(await tool.call({ ...call, input }), tool.external);
  } catch (error) {
    return toErrorResult(error);
  }
}

function toDefinition({ name, description, inputSchema, writes, external }: ServedTool): Tool {
  return {
    name,
    description,
    inputSchema: inputSchema as Tool["inputSchema"],
    annotations: { readOnlyHint: !writes, destructiveHint: writes, openWorldHint: external },
  };
}
