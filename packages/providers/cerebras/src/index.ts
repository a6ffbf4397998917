export { type CerebrasSettings, cerebras } from "./cerebras.js";
export { CEREBRAS_MODELS } from "./cerebras-models.js";
