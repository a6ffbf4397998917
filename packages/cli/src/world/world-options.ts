import { lineUp } from "../choice/line-up.js";
import { MODEL_OPTIONS, type ModelsChoice, readModelsChoice } from "../choice/model-options.js";
import type { OptionSpec, OptionValues } from "../command/command.js";
import { flagOption } from "../command/option-values.js";
import { UsageError } from "../command/usage-error.js";
import type { Io } from "../io.js";
import type { LiveChoice } from "./live-world.js";
import type { World } from "./world.js";

/** The options by which a world is chosen, as the help shows them. */
export const WORLD_OPTIONS = {
  ...MODEL_OPTIONS,
  model: {
    ...MODEL_OPTIONS.model,
    help: "whom agents ask; several, with commas, become a router (those whose keys are set)",
  },
  rehearse: {
    type: "boolean",
    help: "a script on this machine answers, also where keys are set; without any key it always does",
  },
} as const satisfies Record<string, OptionSpec>;

/** A rehearsal, or which models. */
export type WorldChoice = "rehearsal" | LiveChoice;

/** What was asked for; without a model, those whose keys are set; without any key, a rehearsal. @throws UsageError */
export function readWorldChoice(options: OptionValues, { env }: Io): WorldChoice {
  const rehearse = flagOption(options, "rehearse");
  const models: ModelsChoice = readModelsChoice(options, rehearse);
  if (models.names.length > 0) return { models, byKeys: false };
  const { names, by } = lineUp(env, false);
  if (rehearse || by === "none") return "rehearsal";
  return { models: { ...models, names }, byKeys: true };
}

/** Opens what was chosen. @throws UsageError when a key is missing. */
export async function openWorld(choice: WorldChoice, io: Io): Promise<World> {
  if (choice === "rehearsal") {
    const { openRehearsalWorld } = await import("./rehearsal-world.js");
    return openRehearsalWorld();
  }
  const { openLiveWorld } = await import("./live-world.js");
  return openLiveWorld(choice, io);
}

/** @throws UsageError when a run of one world is to go on in the other. */
export function refuseOtherWorld(wanted: World["kind"], choice: WorldChoice, runId: string): void {
  const given = choice === "rehearsal" ? "rehearsal" : "live";
  if (given === wanted) return;
  throw new UsageError(
    wanted === "rehearsal"
      ? `The run ${runId} is a rehearsal; go on with --rehearse.`
      : `The run ${runId} asks real models; give --model, or set the key of one.`,
  );
}
