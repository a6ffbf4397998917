import type { IdealCustomerProfile } from "@salesagent/agents";
import type { ReasoningEffort } from "@salesagent/ports";
import { MODEL_OPTIONS, type ModelsChoice, readModelsChoice } from "../choice/model-options.js";
import type { OptionSpec, OptionValues } from "../command/command.js";
import {
  choiceOption,
  flagOption,
  positiveOption,
  textOption,
  textOptions,
  wholeNumberOption,
} from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { readProfile } from "./read-profile.js";

/** The options of `salesagent qualify`, as the help shows them. */
export const QUALIFY_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  profile: {
    type: "string",
    value: "FILE",
    help: "the ideal-customer profile, JSON (a general one without it)",
  },
  map: {
    type: "string",
    value: "COLUMN=FIELD",
    multiple: true,
    help: 'maps a column, such as "Staff=company.employees" or "Notes=ignore"',
  },
  ...MODEL_OPTIONS,
  reasoning: {
    type: "string",
    value: "EFFORT",
    help: "how hard the model thinks: none, minimal, low, medium, high, max",
  },
  "budget-usd": {
    type: "string",
    value: "USD",
    help: "a cap on what models may cost in this pass; the rules go on beyond it",
  },
  "max-usd": { type: "string", value: "USD", help: "the same as --budget-usd" },
  rehearse: {
    type: "boolean",
    help: "two simulated vendors in place of --model, of which the first dies on the way",
  },
  "dies-after": { type: "string", value: "N", help: "answers after which it dies (20)" },
  store: { type: "string", value: "memory|pg", help: "where leads and results are kept (memory)" },
  "database-url": { type: "string", value: "URL", help: "Postgres for --store pg (DATABASE_URL)" },
  tenant: { type: "string", value: "ID", help: "whose data it is (default)" },
  concurrency: { type: "string", value: "N", help: "leads at once (4 with a model, 32 by rules)" },
  limit: { type: "string", value: "N", help: "stops after N rows" },
  again: { type: "boolean", help: "qualifies leads again that have a stored result of the same set-up" },
  report: { type: "string", value: "FILE", help: "writes an HTML report" },
  "report-limit": { type: "string", value: "N", help: "leads in the report, best first (1000)" },
  rejects: {
    type: "string",
    value: "FILE",
    help: "where rejected rows go (NAME.rejects.csv in this folder)",
  },
  top: { type: "string", value: "N", help: "leads in the printed table (60)" },
  json: { type: "boolean", help: "prints one JSON object a line: each lead, then a summary" },
  quiet: { type: "boolean", help: "prints only the table and the summary" },
};

/** What `salesagent qualify` was asked to do. */
export interface QualifyOptions {
  readonly file: string;
  readonly profile: IdealCustomerProfile;
  /** Column header to field path. */
  readonly mapping: Readonly<Record<string, string>>;
  readonly models: ModelsChoice;
  /** Answers after which the first of two simulated vendors dies, where a rehearsal was asked for. */
  readonly diesAfter: number | undefined;
  readonly reasoning: ReasoningEffort | undefined;
  readonly budgetUsd: number | undefined;
  readonly store: "memory" | "pg";
  readonly databaseUrl: string | undefined;
  readonly tenant: string;
  readonly concurrency: number;
  readonly limit: number | undefined;
  readonly again: boolean;
  readonly reportFile: string | undefined;
  readonly reportLimit: number;
  readonly rejectsFile: string | undefined;
  readonly top: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Fills and checks the options. @throws UsageError naming what is wrong. */
export async function resolveQualifyOptions(
  operands: readonly string[],
  options: OptionValues,
  io: Io,
): Promise<QualifyOptions> {
  const [file, ...more] = operands;
  if (file === undefined) throw new UsageError("Which file? Use `salesagent qualify leads.csv`.");
  if (more.length > 0) throw new UsageError(`One file at a time; got ${operands.length}.`);
  const rehearse = flagOption(options, "rehearse");
  const models = readModelsChoice(options, rehearse);
  const asksModel = rehearse || models.names.length > 0;
  const whole = (name: string, most: number) => wholeNumberOption(options, name, { least: 1, most });
  return {
    file,
    profile: await readProfile(textOption(options, "profile")),
    mapping: readMapping(textOptions(options, "map")),
    models,
    diesAfter: readDiesAfter(options, rehearse),
    reasoning: choiceOption(options, "reasoning", ["none", "minimal", "low", "medium", "high", "max"]),
    budgetUsd: readBudget(options),
    store: choiceOption(options, "store", ["memory", "pg"]) ?? "memory",
    databaseUrl: textOption(options, "database-url") ?? io.env["DATABASE_URL"],
    tenant: textOption(options, "tenant") ?? "default",
    concurrency: whole("concurrency", 256) ?? (asksModel ? 4 : 32),
    limit: whole("limit", Number.MAX_SAFE_INTEGER),
    again: flagOption(options, "again"),
    reportFile: textOption(options, "report"),
    reportLimit: whole("report-limit", 100_000) ?? 1_000,
    rejectsFile: textOption(options, "rejects"),
    top: whole("top", 100_000) ?? 60,
    json: flagOption(options, "json"),
    quiet: flagOption(options, "quiet"),
  };
}

function readBudget(options: OptionValues): number | undefined {
  const budgetUsd = positiveOption(options, "budget-usd");
  const maxUsd = positiveOption(options, "max-usd");
  if (budgetUsd !== undefined && maxUsd !== undefined) {
    throw new UsageError("--budget-usd and --max-usd are the same; give one of them.");
  }
  return budgetUsd ?? maxUsd;
}

function readDiesAfter(options: OptionValues, rehearse: boolean): number | undefined {
  const diesAfter = wholeNumberOption(options, "dies-after", { least: 0, most: 1_000_000 });
  if (!rehearse) {
    if (diesAfter !== undefined) throw new UsageError("--dies-after needs --rehearse.");
    return undefined;
  }
  if (textOption(options, "store") === "pg") {
    throw new UsageError("--rehearse is for --store memory: simulated results have no place in a database.");
  }
  return diesAfter ?? 20;
}

function readMapping(pairs: readonly string[]): Record<string, string> {
  const mapping: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.lastIndexOf("=");
    if (at < 1 || at === pair.length - 1) {
      throw new UsageError(`--map must be COLUMN=FIELD, such as "Staff=company.employees"; got "${pair}".`);
    }
    mapping[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return mapping;
}
