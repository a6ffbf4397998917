import type { CrmKind } from "@salesagent/ports";
import type { Runner, RunningCase } from "../runner.js";
import { abortCases } from "./cases/abort-cases.js";
import { batchCases } from "./cases/batch-cases.js";
import { capabilityCases } from "./cases/capability-cases.js";
import { changesCases } from "./cases/changes-cases.js";
import { failureCases } from "./cases/failure-cases.js";
import { lookupCases } from "./cases/lookup-cases.js";
import { lostAnswerCases } from "./cases/lost-answer-cases.js";
import { mergeCases } from "./cases/merge-cases.js";
import { readingCases } from "./cases/reading-cases.js";
import { walkingCases } from "./cases/walking-cases.js";
import { webhookCases } from "./cases/webhook-cases.js";
import { writingCases } from "./cases/writing-cases.js";
import { CrmBench, type CrmProviderConformanceOptions } from "./crm-bench.js";
import type { CrmCase, CrmCaseFacts, CrmKindCase, CrmWholeCase } from "./crm-case.js";
import type { Awaitable, CrmSetup } from "./crm-world.js";
import { CRM_KINDS } from "./double/double-capabilities.js";

const GROUPS: Readonly<Record<string, readonly CrmCase[]>> = {
  capabilities: capabilityCases,
  reading: readingCases,
  "walking over all": walkingCases,
  changes: changesCases,
  "looking up": lookupCases,
  writing: writingCases,
  batches: batchCases,
  "lost answers": lostAnswerCases,
  merges: mergeCases,
  failures: failureCases,
  aborts: abortCases,
  webhooks: webhookCases,
};

/**
 * Defines the cases that every `CRMProvider` must pass. The adapter's own capabilities decide which of them apply; the others end
 * as skipped, with the reason. No case waits for real time: while a call waits, `world.pass` moves its clock.
 *
 * @param runner - Such as `{ describe, it, expect }` of Vitest.
 * @param create - Gives a fresh adapter and the world of the CRM behind it, without records; called several times in a case.
 * @throws RangeError when `options.knownGaps` names a case that isn't there.
 *
 * @example
 * ```ts
 * import { describe, expect, it } from "vitest";
 * crmProviderConformance({ describe, it, expect }, () => createCrmDouble({ pageSize: 7 }), { many: 30 });
 * ```
 */
export function crmProviderConformance(
  runner: Runner,
  create: () => Awaitable<CrmSetup>,
  options: CrmProviderConformanceOptions = {},
): void {
  refuseUnknownGaps(options);
  const { describe } = runner;
  describe(options.name === undefined ? "crm-provider/1" : `crm-provider/1: ${options.name}`, () => {
    for (const [group, cases] of Object.entries(GROUPS))
      describe(group, () => {
        for (const crmCase of cases) addCase(runner, create, options, crmCase);
      });
  });
}

/** The names of all cases, for `knownGaps`. */
export function crmProviderCases(): readonly string[] {
  return Object.values(GROUPS).flatMap((cases) => cases.map(({ name }) => name));
}

function refuseUnknownGaps({ knownGaps = {} }: CrmProviderConformanceOptions): void {
  const known = new Set(crmProviderCases());
  for (const name of Object.keys(knownGaps))
    if (!known.has(name)) throw new RangeError(`knownGaps names a case that does not exist: "${name}"`);
}

function addCase(
  runner: Runner,
  create: () => Awaitable<CrmSetup>,
  options: CrmProviderConformanceOptions,
  crmCase: CrmCase,
): void {
  const gap = options.knownGaps?.[crmCase.name];
  const title = gap === undefined ? crmCase.name : `${crmCase.name} (known gap: ${gap})`;
  runner.it(title, async (...[running]) => {
    const bench = <T>(run: (bench: CrmBench) => Promise<T>) => withBench(runner, create, options, run);
    const run = () => runCase(crmCase, bench, running);
    await (gap === undefined ? run() : expectGap(crmCase.name, run));
  });
}

type WithBench = <T>(run: (bench: CrmBench) => Promise<T>) => Promise<T>;

async function withBench<T>(
  runner: Runner,
  create: () => Awaitable<CrmSetup>,
  options: CrmProviderConformanceOptions,
  run: (bench: CrmBench) => Promise<T>,
): Promise<T> {
  const setup = await create();
  try {
    return await run(new CrmBench(runner, setup, options));
  } finally {
    await setup.close?.();
  }
}

async function runCase(crmCase: CrmCase, open: WithBench, running: RunningCase | undefined): Promise<void> {
  const why = await ("runWhole" in crmCase ? runWhole(crmCase, open) : runKinds(crmCase, open));
  if (why) running?.skip?.(why);
}

/** @returns Why it doesn't apply, where it does not. */
function runWhole(crmCase: CrmWholeCase, open: WithBench): Promise<string | undefined> {
  return open(async (bench) => {
    const why = crmCase.skipAll?.(factsOf(bench));
    if (why) return why;
    await crmCase.runWhole(bench);
    return undefined;
  });
}

async function runKinds(crmCase: CrmKindCase, open: WithBench): Promise<string | undefined> {
  const skipped: string[] = [];
  for (const kind of CRM_KINDS) {
    const why = await open((bench) => runKind(crmCase, bench, kind));
    if (why !== undefined) skipped.push(why);
  }
  return skipped.length === CRM_KINDS.length ? [...new Set(skipped)].join("; ") : undefined;
}

async function runKind(crmCase: CrmKindCase, bench: CrmBench, kind: CrmKind): Promise<string | undefined> {
  const facts = factsOf(bench);
  const support = facts.capabilities.kinds[kind];
  const isLeftOut = facts.options.kinds?.includes(kind) === false;
  const why =
    (isLeftOut && "options.kinds: not this one") ||
    (support === undefined ? "capabilities: no such kind" : crmCase.skip?.(support, facts, kind));
  if (why) return why;
  try {
    await crmCase.run(bench, kind);
  } catch (error) {
    if (error instanceof Error) error.message = `${kind}: ${error.message}`;
    throw error;
  }
  return undefined;
}

function factsOf({ raw, options, world }: CrmBench): CrmCaseFacts {
  return { capabilities: raw.capabilities, options, world };
}

async function expectGap(name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch {
    return;
  }
  throw new Error(`"${name}" passes now: take it out of knownGaps`);
}
