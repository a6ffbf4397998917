import type { IdealCustomerProfile } from "@salesagent/agents";
import type { JsonObject } from "@salesagent/ports";
import type { AgentEntry } from "../agents/agent-entry.js";
import type { OptionSpec, OptionValues } from "../command/command.js";
import { flagOption, positiveOption, textOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import { readProfile } from "../qualify/read-profile.js";
import { BY_OPTION, readPerson } from "../session/deciding-person.js";
import { readStoreChoice, STORE_OPTIONS, type StoreChoice } from "../session/store-options.js";
import { readWorldChoice, WORLD_OPTIONS, type WorldChoice } from "../world/world-options.js";
import { INPUT_OPTIONS, readInput } from "./read-input.js";

/** What every process needs that works on runs: give a worker the same as who began them. */
export const SETUP_OPTIONS = {
  ...WORLD_OPTIONS,
  "budget-usd": { type: "string", value: "USD", help: "a cap on what models may cost in this process" },
  profile: { type: "string", value: "FILE", help: "qualification, bdr: the profile, JSON (a general one)" },
  pitch: { type: "string", value: "TEXT", help: "bdr, conversation: why to meet, in a sentence or two" },
} as const satisfies Record<string, OptionSpec>;

/** How what happens is told. */
export const TELL_OPTIONS = {
  json: { type: "boolean", help: "prints one JSON object a line: each event, then the result" },
  quiet: { type: "boolean", help: "prints only the result" },
} as const satisfies Record<string, OptionSpec>;

/** How waits are answered. */
export const ANSWER_OPTIONS = {
  yes: { type: "boolean", help: "rehearsals: answers every question itself, with the easiest answer" },
  ...BY_OPTION,
} as const satisfies Record<string, OptionSpec>;

/** The options of `salesagent run`, as the help shows them. */
export const RUN_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  ...INPUT_OPTIONS,
  ...SETUP_OPTIONS,
  ...STORE_OPTIONS,
  "run-id": { type: "string", value: "ID", help: "names the run (a new id)" },
  thread: { type: "string", value: "ID", help: "the conversation that it belongs to" },
  ...ANSWER_OPTIONS,
  ...TELL_OPTIONS,
};

/** What agents are told beside their input, and whom they ask. */
export interface SetupChoice {
  readonly world: WorldChoice;
  readonly budgetUsd: number | undefined;
  readonly profile: IdealCustomerProfile;
  readonly pitch: string | undefined;
}

/** How a run is followed. */
export interface FollowOptions {
  readonly yes: boolean;
  readonly by: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What `salesagent run` was asked to do. */
export interface RunCommandOptions extends SetupChoice, FollowOptions {
  readonly input: JsonObject;
  readonly store: StoreChoice;
  readonly runId: string | undefined;
  readonly threadId: string | undefined;
}

/** @throws UsageError naming what is wrong. */
export async function readSetup(options: OptionValues, io: Io): Promise<SetupChoice> {
  return {
    world: readWorldChoice(options, io),
    budgetUsd: positiveOption(options, "budget-usd"),
    profile: await readProfile(textOption(options, "profile")),
    pitch: textOption(options, "pitch"),
  };
}

/** @throws UsageError naming what is wrong. */
export function readFollow(options: OptionValues, world: WorldChoice): FollowOptions {
  const yes = flagOption(options, "yes");
  if (yes && world !== "rehearsal") {
    throw new UsageError("--yes is for rehearsals: what a real model wrote, a person decides on.");
  }
  const [json, quiet] = [flagOption(options, "json"), flagOption(options, "quiet")];
  return { yes, by: readPerson(options), json, quiet };
}

/** Fills and checks the options. @throws UsageError naming what is wrong. */
export async function resolveRunOptions(
  entry: AgentEntry,
  options: OptionValues,
  io: Io,
): Promise<RunCommandOptions> {
  const setup = await readSetup(options, io);
  const runId = textOption(options, "run-id");
  if (runId !== undefined && entry.work.kind === "agent") {
    throw new UsageError(`--run-id is for agents that are graphs; ${entry.name} names its runs itself.`);
  }
  return {
    ...setup,
    ...readFollow(options, setup.world),
    input: await readInput(entry, options, io),
    store: readStoreChoice(options, io),
    runId,
    threadId: textOption(options, "thread"),
  };
}
