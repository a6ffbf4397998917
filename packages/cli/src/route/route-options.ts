import { type PolicyName, TASK_PREFERENCES } from "@salesagent/core/router";
import { readBaseUrls } from "../choice/base-urls.js";
import { type LineUp, lineUp } from "../choice/line-up.js";
import { type ChosenName, readModelNames } from "../choice/model-name.js";
import { POLICIES } from "../choice/model-options.js";
import type { OptionSpec, OptionValues } from "../command/command.js";
import {
  choiceOption,
  flagOption,
  textOption,
  textOptions,
  wholeNumberOption,
} from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";

/** The options of `salesagent route`, as the help shows them. */
export const ROUTE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  models: {
    type: "string",
    value: "PROVIDER/MODEL,…",
    multiple: true,
    help: "the candidates (one model of each vendor whose key is set)",
  },
  model: { type: "string", value: "PROVIDER/MODEL", multiple: true, help: "the same as --models" },
  "base-url": {
    type: "string",
    value: "PROVIDER=URL",
    multiple: true,
    help: "where a provider's server is; vllm needs it",
  },
  policy: { type: "string", value: "POLICY", help: `${POLICIES.join(", ")} (fastest; task with --task)` },
  task: {
    type: "string",
    value: "TASK",
    help: `the kind of work: ${Object.keys(TASK_PREFERENCES).join(", ")}`,
  },
  local: { type: "boolean", help: "the prompt must stay on your own machines; Ollama joins the candidates" },
  tools: { type: "boolean", help: "the request calls tools" },
  schema: { type: "string", value: "FILE", help: "the answer is held to this JSON schema" },
  image: { type: "boolean", help: "the request shows an image" },
  file: { type: "string", value: "FILE", help: "reads the prompt from a file" },
  "max-output-tokens": { type: "string", value: "N", help: "the longest answer" },
  json: { type: "boolean", help: "prints JSON" },
};

/** What `salesagent route` was asked. */
export interface RouteOptions {
  readonly prompt: string | { readonly file: string };
  readonly names: readonly ChosenName[];
  /** How the candidates came about. */
  readonly by: LineUp["by"] | "named";
  readonly baseUrls: ReadonlyMap<string, string>;
  readonly policy: PolicyName;
  readonly task: string | undefined;
  readonly local: boolean;
  readonly tools: boolean;
  readonly schemaFile: string | undefined;
  readonly image: boolean;
  readonly maxOutputTokens: number | undefined;
  readonly json: boolean;
}

/** Fills and checks the options. @throws UsageError naming what is wrong. */
export function resolveRouteOptions(
  operands: readonly string[],
  options: OptionValues,
  { env }: Io,
): RouteOptions {
  const given = [...textOptions(options, "models"), ...textOptions(options, "model")];
  const named = readModelNames(given, "models");
  const task = choiceOption(options, "task", Object.keys(TASK_PREFERENCES));
  const policy = choiceOption(options, "policy", POLICIES) ?? (task === undefined ? "fastest" : "task");
  if (policy === "task" && task === undefined) {
    throw new UsageError("--policy task needs --task, such as --task qualification.");
  }
  const local = flagOption(options, "local");
  const wantsLocal = local || policy === "private" || task === "private" || env["OLLAMA_HOST"] !== undefined;
  const { names, by } = named.length > 0 ? { names: named, by: "named" as const } : lineUp(env, wantsLocal);
  return {
    prompt: readPrompt(operands, textOption(options, "file")),
    names,
    by,
    baseUrls: readBaseUrls(textOptions(options, "base-url"), names),
    policy,
    task,
    local,
    tools: flagOption(options, "tools"),
    schemaFile: textOption(options, "schema"),
    image: flagOption(options, "image"),
    maxOutputTokens: wholeNumberOption(options, "max-output-tokens", { least: 1, most: 10_000_000 }),
    json: flagOption(options, "json"),
  };
}

function readPrompt(operands: readonly string[], file: string | undefined): RouteOptions["prompt"] {
  const [prompt, ...more] = operands;
  if (more.length > 0) throw new UsageError('One prompt at a time; put it in quotes: salesagent route "…".');
  if (prompt !== undefined && file !== undefined) {
    throw new UsageError("Give the prompt or --file, not both.");
  }
  if (file !== undefined) return { file };
  if (prompt === undefined || prompt.trim() === "") {
    throw new UsageError('Which prompt? Use `salesagent route "Why did they churn?"` or --file prompt.txt.');
  }
  return prompt;
}
