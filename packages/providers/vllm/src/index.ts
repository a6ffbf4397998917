export { type RunPodSettings, runpod } from "./runpod.js";
export { type VllmSettings, vllm } from "./vllm.js";
