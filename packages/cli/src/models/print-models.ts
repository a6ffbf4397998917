import type { JsonObject, ModelAbilities, ModelProfile } from "@salesagent/ports";
import { renderTable } from "../render/table.js";
import { tokens } from "../render/tokens.js";
import type { ListedModel } from "./list-models.js";
import type { LiveAnswer } from "./live-models.js";

/** Where no terminal tells one. */
const WIDTH = 200;

/** What there is to print. */
export interface ModelList {
  readonly models: readonly ListedModel[];
  /** Retired models that are left out. */
  readonly hidden: number;
  /** Empty where nobody was asked. */
  readonly answers: readonly LiveAnswer[];
  /** ISO date. */
  readonly today: string;
}

/** The models as a table, with what the columns mean and what vendors answered below it. */
export function modelsInWords({ models, hidden, answers, today }: ModelList, width = WIDTH): string {
  const table = renderTable<ListedModel>(
    [
      { title: "Model", cell: ({ provider, modelId }) => `${provider}/${modelId}` },
      { title: "In", align: "right", cell: ({ profile }) => usd(profile.price?.input) },
      { title: "Cached", align: "right", cell: ({ profile }) => usd(profile.price?.cachedInput) },
      { title: "Out", align: "right", cell: ({ profile }) => usd(profile.price?.output) },
      { title: "Read on", cell: ({ profile }) => profile.price?.asOf ?? "" },
      { title: "Context", align: "right", cell: ({ profile }) => tokens(profile.contextTokens) },
      { title: "Output", align: "right", cell: ({ profile }) => tokens(profile.maxOutputTokens) },
      { title: "Can", cell: ({ profile }) => abilitiesInWords(profile.abilities).join(" ") },
      { title: "Where", cell: ({ profile }) => profile.locality },
      { title: "Key", cell: ({ key }) => (key ? (key.set ? "set" : "–") : "none needed") },
      ...(answers.length > 0 ? [{ title: "Live", cell: ({ live }: ListedModel) => liveInWords(live) }] : []),
      { title: "Note", grows: true, cell: ({ profile }) => notesOf(profile, today).join("; ") },
    ],
    models,
    width,
  );
  const failures = answers.flatMap((answer) =>
    "failure" in answer ? [`${answer.provider} was not heard: ${answer.failure}.`] : [],
  );
  return [
    table,
    "",
    "Prices are USD per million tokens; – is unknown, which is not free. ? is a limit that nobody told.",
    "OpenRouter, Ollama and vLLM take further models by any name that their servers know.",
    ...(hidden > 0 ? [`${hidden} retired models are left out; --all shows them.`] : []),
    ...failures,
    "",
  ].join("\n");
}

/** One model as plain data. */
export function modelAsJson({ provider, modelId, profile, key, live }: ListedModel): JsonObject {
  const { contextTokens, maxOutputTokens, abilities, price, locality, retired, source } = profile;
  const told = { contextTokens, maxOutputTokens, abilities, price, locality, retired, source, key, live };
  return JSON.parse(
    JSON.stringify({ id: `${provider}/${modelId}`, provider, modelId, ...told }),
  ) as JsonObject;
}

function abilitiesInWords(abilities: ModelAbilities): readonly string[] {
  const { tools, structuredOutput, vision, reasoning, prefill } = abilities;
  return [
    ...(tools ? ["tools"] : []),
    ...(structuredOutput === "none" ? [] : [structuredOutput]),
    ...(vision ? ["vision"] : []),
    ...(reasoning ? ["reasoning"] : []),
    ...(prefill ? ["prefill"] : []),
  ];
}

/** What a price alone does not tell. */
function notesOf({ price, retired }: ModelProfile, today: string): readonly string[] {
  const [change] = price?.changes ?? [];
  const [tier] = price?.tiers ?? [];
  return [
    ...(retired ? [retiredInWords(retired, today)] : []),
    ...(tier ? [`other rates above ${tokens(tier.aboveInputTokens)} tokens in`] : []),
    ...(price?.windows ? ["other rates at some hours (UTC)"] : []),
    ...(change ? [`other rates from ${change.from}`] : []),
  ];
}

function retiredInWords({ on, successor }: NonNullable<ModelProfile["retired"]>, today: string): string {
  const when = on === undefined ? "retired" : `${on <= today ? "retired" : "retires"} on ${on}`;
  return successor === undefined ? when : `${when}, use ${successor}`;
}

function liveInWords(live: boolean | undefined): string {
  return live === undefined ? "?" : live ? "listed" : "not listed";
}

function usd(price: number | undefined): string {
  return price === undefined ? "–" : String(Number(price.toFixed(4)));
}
