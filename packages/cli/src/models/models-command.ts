import { type ModelProfile, systemClock } from "@salesagent/ports";
import { findProvider, providerNames } from "../choice/providers.js";
import type { Command } from "../command/command.js";
import { didYouMean } from "../command/did-you-mean.js";
import { flagOption, textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { type ListedModel, listModels } from "./list-models.js";
import { askLive, type LiveAnswer } from "./live-models.js";
import { modelAsJson, modelsInWords } from "./print-models.js";

/** `salesagent models`: what can be chosen, and what it costs. */
export const modelsCommand: Command = {
  name: "models",
  summary: "Lists the models that can be chosen, with prices, limits and abilities.",
  operands: "",
  options: {
    provider: { type: "string", value: "NAME", help: `only one of ${providerNames.join(", ")}` },
    live: {
      type: "boolean",
      help: "asks vendors whose key is set, and Ollama, which models they have; free",
    },
    all: { type: "boolean", help: "retired models too" },
    json: { type: "boolean", help: "prints JSON" },
  },
  examples: ["salesagent models", "salesagent models --provider cerebras --live", "salesagent models --json"],
  async run(_operands, options, io) {
    const provider = readProvider(textOption(options, "provider"));
    const answers = flagOption(options, "live") ? await askAll(provider, io) : [];
    const known = await listModels(provider, io.env);
    const today = new Date(systemClock.now()).toISOString().slice(0, 10);
    const all = await withLive(known, answers, io.env);
    const models = flagOption(options, "all") ? all : all.filter(({ profile }) => !isRetired(profile, today));
    if (flagOption(options, "json")) {
      const told = answers.map((answer) =>
        "failure" in answer ? answer : { provider: answer.provider, models: [...answer.models] },
      );
      const live = answers.length > 0 ? { live: told } : {};
      io.stdout.write(`${JSON.stringify({ models: models.map(modelAsJson), ...live })}\n`);
    } else {
      const hidden = all.length - models.length;
      io.stdout.write(modelsInWords({ models, hidden, answers, today }, io.stdout.columns));
    }
    return 0;
  },
};

/** A model that will be retired on a day that is told may be used until then. */
function isRetired({ retired }: ModelProfile, today: string): boolean {
  return retired !== undefined && (retired.on ?? today) <= today;
}

function readProvider(name: string | undefined): string | undefined {
  if (name === undefined || findProvider(name)) return name;
  throw new UsageError(
    `--provider: no provider "${name}"${didYouMean(name, providerNames) || "."} The providers are ${providerNames.join(", ")}.`,
  );
}

function askAll(provider: string | undefined, io: Io): Promise<readonly LiveAnswer[]> {
  const asked = providerNames.filter((name) => provider === undefined || name === provider);
  return Promise.all(asked.map((name) => askLive(name, findProvider(name)?.keyVariable, io)));
}

/** Marks what the vendors list; of Ollama, adds what its server has, which no package can know. */
async function withLive(
  known: readonly ListedModel[],
  answers: readonly LiveAnswer[],
  env: Io["env"],
): Promise<readonly ListedModel[]> {
  const listed = new Map(
    answers.flatMap((answer) => ("models" in answer ? [[answer.provider, answer.models]] : [])),
  );
  const marked = known.map((model): ListedModel => {
    const live = listed.get(model.provider)?.has(model.modelId);
    return live === undefined ? model : { ...model, live };
  });
  const pulled = [...(listed.get("ollama") ?? [])].map(async (modelId): Promise<ListedModel> => {
    const { ollama } = await import("@salesagent/provider-ollama");
    return { provider: "ollama", modelId, profile: ollama(modelId, { env }).profile, live: true };
  });
  return [...marked, ...(await Promise.all(pulled))];
}
