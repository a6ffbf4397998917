export { type DeepSeekSettings, deepseek } from "./deepseek.js";
export { DEEPSEEK_MODELS } from "./deepseek-models.js";
