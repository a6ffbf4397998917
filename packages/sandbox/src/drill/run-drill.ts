import { type Clock, systemClock, untilAborted } from "@salesagent/ports";
import { type Sandbox, startSandbox } from "../server/start-sandbox.js";
import { afterAbort, leftOpen } from "./bounds.js";
import type { DrillRow } from "./drill-row.js";
import { DRILL_SCENARIOS } from "./drill-scenarios.js";
import { DRILL_LIMITS, type DrillRole, type DrillSetup } from "./drill-setup.js";
import { DrillStage, type MadeCall, type StageParts } from "./drill-stage.js";
import type { DrillSubject } from "./drill-subject.js";
import { nameOf, problemsOfCall, servedBy } from "./judge-call.js";
import type { DrillScenario } from "./scenario.js";
import { warmUp } from "./scenarios/warm-up.js";
import { replyOf, vendorOf } from "./simulated-vendor.js";
import type { Traffic } from "./traffic.js";

/** What to drill, and how. */
export interface DrillOptions {
  readonly subject: DrillSubject;
  /** @defaultValue all sixteen */
  readonly scenarios?: readonly DrillScenario[];
  /** Told each row as it is done. */
  readonly onRow?: (row: DrillRow) => void;
  /** Ends the drill. */
  readonly signal?: AbortSignal;
  /** How long a call may take before it counts as hung, in milliseconds. @defaultValue 10_000 */
  readonly patienceMs?: number;
  /** @defaultValue the system's */
  readonly clock?: Clock;
}

/** How long the vendors wait for connections to be let go when every call has ended, in milliseconds. */
const LET_GO_MS = 500;

/**
 * Plays the scenarios one after another, each with simulated vendors and a subject of its own, and judges them from the
 * caller's and the vendors' side. A call that goes well and one that fails over come first and are not judged. Everything
 * stays on this machine.
 *
 * @throws RangeError for a patience that is none; what the subject's `open` throws; the signal's reason.
 */
export async function runDrill({
  subject,
  scenarios = DRILL_SCENARIOS,
  onRow = () => {},
  signal,
  patienceMs = 10_000,
  clock = systemClock,
}: DrillOptions): Promise<readonly DrillRow[]> {
  if (!(patienceMs > 0)) throw new RangeError(`patienceMs must be a number > 0, got ${patienceMs}`);
  const play = (scenario: DrillScenario) => {
    signal?.throwIfAborted();
    return untilAborted(playScenario(scenario, subject, { patienceMs, clock, signal }), signal);
  };
  await play(warmUp);
  const rows: DrillRow[] = [];
  for (const scenario of scenarios) {
    const row = await play(scenario);
    rows.push(row);
    onRow(row);
  }
  return rows;
}

async function playScenario(
  scenario: DrillScenario,
  subject: DrillSubject,
  { patienceMs, clock, signal }: Pick<StageParts, "patienceMs" | "clock" | "signal">,
): Promise<DrillRow> {
  const replies = { primary: replyOf("primary"), fallback: replyOf("fallback") };
  await using primary = await startSandbox({ script: () => replies.primary, clock });
  await using fallback = await startSandbox({ script: () => replies.fallback, clock });
  const sandboxes = { primary, fallback };
  const session = await subject.open(setupOf(scenario, sandboxes));
  const stage = new DrillStage({ sandboxes, replies, session, clock, patienceMs, signal });
  const startedMs = clock.elapsed();
  try {
    await scenario.play(stage);
  } finally {
    await session.close();
  }
  const elapsedMs = Math.round(clock.elapsed() - startedMs);
  await letGo(sandboxes, clock);
  return toRow(scenario, stage, subject.strict ?? true, elapsedMs);
}

function setupOf(
  { continuation = false }: DrillScenario,
  { primary, fallback }: Readonly<Record<DrillRole, Sandbox>>,
): DrillSetup {
  return {
    vendors: { primary: vendorOf("primary", primary), fallback: vendorOf("fallback", fallback) },
    limits: DRILL_LIMITS,
    continuation,
  };
}

async function letGo(
  { primary, fallback }: Readonly<Record<DrillRole, Sandbox>>,
  clock: Clock,
): Promise<void> {
  let timer = { cancel: () => {} };
  const patience = new Promise<void>((resolve) => {
    timer = clock.schedule(LET_GO_MS, resolve);
  });
  await Promise.race([patience, Promise.all([primary.settled(), fallback.settled()])]);
  timer.cancel();
}

function toRow(scenario: DrillScenario, stage: DrillStage, strict: boolean, elapsedMs: number): DrillRow {
  const { traffic, made } = stage;
  const judged = made.map(({ report, expected }) => ({
    report,
    problems: problemsOfCall(report, expected, traffic, strict).map((what) => `call ${report.index} ${what}`),
  }));
  const callerProblems = [
    ...judged.flatMap(({ problems }) => problems),
    ...(scenario.caller?.(traffic, stage) ?? []),
  ];
  const providerProblems = [
    ...scenario.provider(traffic, stage),
    ...afterAbort(traffic, stage),
    ...leftOpen(traffic),
  ];
  const requests = { primary: traffic.of("primary").length, fallback: traffic.of("fallback").length };
  return {
    id: scenario.id,
    title: scenario.title,
    caller: callerProblems.length === 0 ? "pass" : "fail",
    callerNote: callerProblems[0] ?? endingsOf(made),
    provider: providerProblems.length === 0 ? "pass" : "fail",
    providerNote: providerProblems[0] ?? trafficNote(traffic),
    requests,
    calls: made.length,
    answered: judged.filter(
      ({ report, problems }) => report.ending.type === "answer" && problems.length === 0,
    ).length,
    elapsedMs,
  };
}

/** How the calls ended, such as `fallback ×2, model.content_filtered`. */
function endingsOf(made: readonly MadeCall[]): string {
  const counts = new Map<string, number>();
  for (const { report } of made) {
    const ending = endingOf(report);
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  return [...counts].map(([ending, count]) => (count > 1 ? `${ending} ×${count}` : ending)).join(", ");
}

function endingOf({ ending, text, aborted }: MadeCall["report"]): string {
  if (ending.type === "answer") return `${servedBy(text) ?? "no"} answer`;
  if (aborted !== undefined) return "aborted";
  return ending.type === "error" ? `error ${nameOf(ending.error)}` : "hung";
}

function trafficNote(traffic: Traffic): string {
  return `${traffic.of("primary").length} + ${traffic.of("fallback").length} requests`;
}
