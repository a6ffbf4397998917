import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Approvals, Effects } from "@salesagent/core/effects";
import type { AnyTool } from "@salesagent/core/tools";
import { type Clock, createSortableIds, systemClock } from "@salesagent/ports";
import { GO_ON, serveGoOn } from "./go-on.js";
import { type McpSession, openSession } from "./mcp-session.js";
import { type ServedOwnTool, serveTool } from "./serve-tool.js";
import { type McpAgent, serveAgent } from "./served-agent.js";
import type { McpPrincipal, ServedTool } from "./served-tool.js";
import { KeptRuns } from "./waiting-runs.js";

export interface McpServerOptions<Principal extends McpPrincipal = McpPrincipal> {
  /** Tools that clients can call. */
  readonly tools?: readonly AnyTool[] | undefined;
  /** Agents that clients can call, each made by `exposeAgent`. */
  readonly agents?: readonly McpAgent[] | undefined;
  /** What tools that write run through; needed where there are any. */
  readonly effects?: Effects | undefined;
  /** Where persons decide; needed where tools write. Clients are given the tool `go_on`, and decide nothing. */
  readonly approvals?: Approvals | undefined;
  /** Who may use which tool; what somebody may not use is not there for them. @defaultValue everybody may use all */
  readonly mayUse?: ((principal: Principal, tool: string) => boolean) | undefined;
  /** What clients show. @defaultValue "salesagent" */
  readonly name?: string | undefined;
  /** @defaultValue "0.1.0" */
  readonly version?: string | undefined;
  /** How the tools are meant to be used together, for clients' models. */
  readonly instructions?: string | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Makes ids of runs. @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
}

/** Tools and agents as an MCP server. It holds no connection: transports are given to it. */
export interface McpServer<Principal extends McpPrincipal = McpPrincipal> extends AsyncDisposable {
  /** Names of all that is served, in the order of the options. */
  readonly names: readonly string[];
  /**
   * Serves one connection, to one principal.
   *
   * @param transport - Such as `lineTransport` over the standard streams, or one of the SDK's own.
   */
  connect(transport: Transport, principal: Principal): Promise<McpSession>;
}

/**
 * Makes an MCP server of tools and agents. Errors come as results with a code; calls that wait for a person come with the
 * approval's id and how to go on; progress is told to clients that ask for it; a client that cancels ends the run.
 *
 * @throws TypeError when two have one name, or tools that write are given without `effects` and `approvals`.
 */
export function createMcpServer<Principal extends McpPrincipal = McpPrincipal>(
  options: McpServerOptions<Principal>,
): McpServer<Principal> {
  const served = serveAll(options);
  const { name = "salesagent", version = "0.1.0", instructions, mayUse = () => true } = options;
  const sessions = new Set<McpSession>();
  return {
    names: [...served.keys()],
    async connect(transport, principal) {
      const allowed = () => [...served.values()].filter((tool) => mayUse(principal, tool.name));
      const session = await openSession({ name, version, instructions, allowed, principal }, transport);
      sessions.add(session);
      void session.closed.then(() => sessions.delete(session));
      return session;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()));
    },
  };
}

function serveAll(options: Omit<McpServerOptions, "mayUse">): ReadonlyMap<string, ServedTool> {
  const { tools = [], agents = [], effects, approvals, clock = systemClock } = options;
  const { createId = createSortableIds(clock) } = options;
  const waiting = new KeptRuns();
  const writing = tools.find(({ effect }) => effect === "write");
  for (const needed of ["effects", "approvals"] as const) {
    if (!writing || options[needed]) continue;
    throw new TypeError(`createMcpServer.${needed} is needed: the tool "${writing.name}" writes`);
  }
  const own = new Map<string, ServedOwnTool>();
  for (const tool of tools) own.set(tool.name, serveTool(tool, { effects, clock, createId }));
  const all: readonly ServedTool[] = [
    ...own.values(),
    ...agents.map((agent) => serveAgent(agent, { clock, createId, waiting })),
    ...(approvals ? [serveGoOn(approvals, own, waiting)] : []),
  ];
  const served = new Map(all.map((tool) => [tool.name, tool]));
  const expected = tools.length + agents.length + (approvals ? 1 : 0);
  if (served.size !== expected) {
    throw new TypeError(`createMcpServer: two tools or agents have one name; "${GO_ON}" is the server's own`);
  }
  return served;
}
