export {
  createMcpServer,
  type McpServer,
  type McpServerOptions,
} from "./server/create-mcp-server.js";
export {
  type ExposedGraph,
  exposeGraph,
  type McpGraph,
  type McpGraphOptions,
  type McpGraphOutcome,
} from "./server/expose-graph.js";
export { type LineStreams, lineTransport } from "./server/line-transport.js";
export { type McpHandler, type McpHandlerOptions, mcpHandler } from "./server/mcp-handler.js";
export type { McpSession } from "./server/mcp-session.js";
export {
  type ExposedAgent,
  exposeAgent,
  type McpAgent,
  type McpRun,
  type McpRunOptions,
} from "./server/served-agent.js";
export type { McpPrincipal } from "./server/served-tool.js";
export type { McpHeaders } from "./tools/guarded-fetch.js";
export { type McpTools, type McpToolsOptions, mcpTools } from "./tools/mcp-tools.js";
export type { McpServerAddress } from "./tools/open-transport.js";
export type { McpToolDefinition, McpToolHints, McpToolProblem } from "./tools/tool-definition.js";
