import { type ChosenName, readModelName } from "./model-name.js";

/** One model of each vendor, for whoever names none. */
const LINE_UP: readonly string[] = [
  "cerebras/gpt-oss-120b",
  "anthropic/claude-sonnet-5-5",
  "openai/gpt-6-luna",
  "gemini/gemini-3.8-flash",
  "deepseek/deepseek-flash",
  "openrouter/z-ai/glm-5.2",
];
const LOCAL = "ollama/qwen3";

/** The models that are taken where none is named. */
export interface LineUp {
  readonly names: readonly ChosenName[];
  /** `keys`: of the vendors whose keys are set; `none`: no key is set, so it is all of them. */
  readonly by: "keys" | "none";
}

/**
 * Those of the line-up whose keys are set, else all of it.
 *
 * @param withLocal - Ollama's too; it needs no key.
 */
export function lineUp(env: Readonly<Record<string, string | undefined>>, withLocal: boolean): LineUp {
  const all = LINE_UP.map((name) => readModelName(name, "models"));
  const keyed = all.filter(({ provider: { keyVariable } }) => keyVariable !== undefined && env[keyVariable]);
  const local = withLocal ? [readModelName(LOCAL, "models")] : [];
  return keyed.length > 0
    ? { names: [...keyed, ...local], by: "keys" }
    : { names: [...all, ...local], by: "none" };
}
