import { DRILL_SCENARIOS, type DrillScenario } from "@salesagent/sandbox/drill";
import type { OptionSpec } from "../command/command.js";
import { UsageError } from "../command/usage-error.js";

export const DRILL_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  config: {
    type: "string",
    value: "FILE",
    help: "a module that exports (setup) => LanguageModel; our router without it",
  },
  only: { type: "string", value: "NUMBERS", help: "some of the sixteen, such as 8,9" },
  list: { type: "boolean", help: "tells what the sixteen are, and drills nothing" },
  json: { type: "boolean", help: "prints one JSON object a line: each row, then a summary" },
};

/** The scenarios that were asked for. @throws UsageError naming a number that there is not. */
export function scenariosOf(text: string | undefined): readonly DrillScenario[] {
  if (text === undefined) return DRILL_SCENARIOS;
  const wanted = text.split(",").map((part) => part.trim());
  const unknown = wanted.find((part) => !DRILL_SCENARIOS.some(({ id }) => String(id) === part));
  if (unknown !== undefined) {
    throw new UsageError(
      `--only must be numbers from 1 to ${DRILL_SCENARIOS.length}, with commas, got "${unknown}".`,
    );
  }
  return DRILL_SCENARIOS.filter(({ id }) => wanted.includes(String(id)));
}
