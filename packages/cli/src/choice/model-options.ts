import type { PolicyName } from "@salesagent/core/router";
import type { OptionSpec, OptionValues } from "../command/command.js";
import { choiceOption, textOptions } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import { readBaseUrls } from "./base-urls.js";
import { type ChosenName, readModelNames } from "./model-name.js";

/** How several models are ranked. */
export const POLICIES = ["fastest", "cheapest", "best", "private", "task"] as const satisfies PolicyName[];

/** The options by which models are chosen, as the help shows them. */
export const MODEL_OPTIONS = {
  model: {
    type: "string",
    value: "PROVIDER/MODEL",
    multiple: true,
    help: "reasons with a model on top of the rules; several, with commas, become a router",
  },
  "base-url": {
    type: "string",
    value: "URL",
    multiple: true,
    help: "where the model's server is, such as a sandbox; provider=URL with several",
  },
  policy: {
    type: "string",
    value: "POLICY",
    help: `which model is asked first: ${POLICIES.join(", ")} (fastest)`,
  },
  takeover: {
    type: "string",
    value: "HOW",
    help: "when an answer breaks off: restart it, or continue it where a model can (restart)",
  },
} as const satisfies Record<string, OptionSpec>;

/** What the command line says of models. */
export interface ModelsChoice {
  /** In the given order; empty for none. */
  readonly names: readonly ChosenName[];
  /** By provider. */
  readonly baseUrls: ReadonlyMap<string, string>;
  readonly policy: PolicyName | undefined;
  readonly takeover: "restart" | "continue" | undefined;
}

/**
 * Reads the options by which models are chosen.
 *
 * @param rehearse - The models are simulated: none may be named, but a policy may.
 * @throws UsageError naming the one that is wrong.
 */
export function readModelsChoice(options: OptionValues, rehearse = false): ModelsChoice {
  const names = readModelNames(textOptions(options, "model"), "model");
  const policy = choiceOption(options, "policy", POLICIES);
  const takeover = choiceOption(options, "takeover", ["restart", "continue"]);
  const urls = textOptions(options, "base-url");
  if (rehearse && names.length > 0) {
    throw new UsageError("--rehearse brings its own models; leave --model away.");
  }
  const routes = !rehearse && (policy ?? takeover) !== undefined;
  if (names.length === 0 && (urls.length > 0 || routes)) {
    const option = urls.length > 0 ? "base-url" : policy === undefined ? "takeover" : "policy";
    throw new UsageError(`--${option} needs --model, such as --model openai/gpt-5.4-mini.`);
  }
  return { names, baseUrls: readBaseUrls(urls, names), policy, takeover };
}
