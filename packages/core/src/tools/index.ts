export { defineTool, type ToolDefinition } from "./define-tool.js";
export { runTool } from "./run-tool.js";
export type { AnyTool, Tool, ToolContext, ToolEffect, ToolOutcome } from "./tool.js";
