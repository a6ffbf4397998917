export type { AiSdkCall, AiSdkSchema, AiSdkTool, AiSdkValidation, ToolForAiSdk } from "./ai-sdk-tool.js";
export { type FromAiSdkToolsOptions, fromAiSdkTools } from "./from-ai-sdk-tools.js";
export { type ToAiSdkToolsContext, toAiSdkTools } from "./to-ai-sdk-tools.js";
