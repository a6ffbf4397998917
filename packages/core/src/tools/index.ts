export {
  defineTool,
  type ReadToolDefinition,
  type ToolBasics,
  type ToolDefinition,
  type WriteToolDefinition,
} from "./define-tool.js";
export { runTool } from "./run-tool.js";
export type {
  AnyTool,
  Tool,
  ToolContext,
  ToolEffect,
  ToolOutcome,
  WriteContext,
  WriteRules,
} from "./tool.js";
export type { WriteGuard } from "./write-guard.js";
