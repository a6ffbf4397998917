export type { AnthropicAuth } from "./anthropic-client.js";
export { type AnthropicSettings, anthropic } from "./anthropic-model.js";
export { type ApiVersion, claudeProfiles } from "./claude-models.js";
