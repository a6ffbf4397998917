import type { Runner } from "../runner.js";
import { answerCases } from "./answer-cases.js";
import { Bench, type ModelCase } from "./bench.js";
import { deadlineCases } from "./deadline-cases.js";
import { failureCases } from "./failure-cases.js";
import type { LanguageModelSetup } from "./harness.js";
import { readingCases } from "./reading-cases.js";
import { GREETING } from "./requests.js";
import { stoppingCases } from "./stopping-cases.js";

const GROUPS: Readonly<Record<string, readonly ModelCase[]>> = {
  reading: readingCases,
  answers: answerCases,
  stopping: stoppingCases,
  failures: failureCases,
  "time limits": deadlineCases,
};

/**
 * What every `language-model/1` promises. The suite reads the model's own profile: what the model can't do must be said,
 * and is tested as such. Runs on Node.
 */
export function languageModelConformance(runner: Runner, setup: LanguageModelSetup): void {
  refuseUnknownGaps(setup);
  runner.describe(`language-model/1: ${setup.name}`, () => {
    for (const [group, cases] of Object.entries(GROUPS)) {
      runner.describe(group, () => {
        for (const modelCase of cases) addCase(runner, setup, modelCase);
      });
    }
  });
}

/** The names of all cases, for {@link LanguageModelSetup.knownGaps}. */
export function languageModelCases(): readonly string[] {
  return Object.values(GROUPS).flatMap((cases) => cases.map((modelCase) => modelCase.name));
}

function refuseUnknownGaps({ knownGaps = {} }: LanguageModelSetup): void {
  const known = new Set(languageModelCases());
  for (const name of Object.keys(knownGaps)) {
    if (!known.has(name)) throw new RangeError(`knownGaps names a case that does not exist: "${name}"`);
  }
}

function addCase(runner: Runner, setup: LanguageModelSetup, modelCase: ModelCase): void {
  const gap = setup.knownGaps?.[modelCase.name];
  const title = gap === undefined ? modelCase.name : `${modelCase.name} (known gap: ${gap})`;
  runner.it(title, async (...[running]) => {
    const scenario = modelCase.scenario ?? GREETING;
    const harness = await setup.open(scenario);
    try {
      const why = modelCase.skip?.(harness.model.profile.abilities, setup.habits ?? {});
      if (why) return void running?.skip?.(why);
      const run = () => modelCase.run(new Bench(runner, setup, scenario, harness));
      await (gap === undefined ? run() : expectGap(modelCase.name, run));
    } finally {
      await harness.close();
    }
  });
}

async function expectGap(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch {
    return;
  }
  throw new Error(`"${name}" passes now: take it out of knownGaps`);
}
