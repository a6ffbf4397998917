export { type OpenRouterSettings, openrouter } from "./openrouter.js";
export { OPENROUTER_MODELS } from "./openrouter-models.js";
