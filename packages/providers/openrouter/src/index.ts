export { openrouter } from "./openrouter.js";
export { OPENROUTER_MODELS } from "./openrouter-models.js";
export type { OpenRouterSettings } from "./openrouter-settings.js";
