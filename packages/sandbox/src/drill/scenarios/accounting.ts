import type { ModelAttempt } from "@salesagent/ports";
import { overBounds } from "../bounds.js";
import type { CallReport } from "../call-report.js";
import { recordProblems } from "../judge-call.js";
import type { DrillScenario } from "../scenario.js";
import { SIMULATED } from "../simulated-vendor.js";
import { promptOf, type Traffic } from "../traffic.js";

/** Costs are compared to a billionth of a dollar. */
const SAME_USD = 1e-9;

export const accounting: DrillScenario = {
  id: 16,
  title: "accounting under failover",
  simulates:
    "In one call the primary's first answer is a 500; in another it breaks off in the middle. Each attempt is to be on record, with a usage and cost of its own.",
  async play(stage) {
    const second = promptOf(2);
    stage.spoil("primary", { fault: { type: "status", reason: "server" }, times: 1 });
    stage.spoil("primary", {
      fault: { type: "cut", afterEvents: 6 },
      on: ({ ask }) => ask.prompt.includes(second),
    });
    await stage.call({ from: ["primary", "fallback"], errors: ["model.server_error"] });
    await stage.call({ from: ["fallback"], errors: ["model.stream_cut"] });
  },
  provider: (traffic, stage) => overBounds(traffic, stage, { primary: 3, fallback: 1 }),
  caller: (traffic, stage) => stage.made.flatMap(({ report }) => accountProblems(report, traffic)),
};

function accountProblems(report: CallReport, traffic: Traffic): string[] {
  if (report.ending.type !== "answer") return [];
  const { outcome } = report.ending;
  const { attempts, costUsd, usage } = outcome;
  const where = `call ${report.index}`;
  const unrecorded = recordProblems(outcome, report, traffic).map((problem) => `${where} ${problem}`);
  if (attempts === undefined) return unrecorded;
  if (usage === undefined) return [`${where} does not tell the usage`];
  return [
    ...unrecorded,
    ...attempts.flatMap((attempt) => attemptProblems(attempt, where)),
    ...sumProblems(attempts, costUsd, where),
    ...begunProblems(attempts, traffic, report, where),
  ];
}

function attemptProblems(
  { modelId, outcome, errorCode, costUsd, usage }: ModelAttempt,
  where: string,
): string[] {
  const what = `${where}: the ${outcome} attempt at ${modelId}`;
  if (outcome === "failed" && errorCode === undefined) return [`${what} does not say how it failed`];
  if (costUsd === undefined) return [`${what} has no cost; its profile needs a price`];
  return usage.outputTokens === undefined && outcome === "completed" ? [`${what} has no usage`] : [];
}

function sumProblems(
  attempts: readonly ModelAttempt[],
  costUsd: number | undefined,
  where: string,
): string[] {
  const sum = attempts.reduce((total, attempt) => total + (attempt.costUsd ?? 0), 0);
  if (costUsd === undefined) return [`${where} does not tell what all of it cost`];
  return Math.abs(sum - costUsd) > SAME_USD
    ? [`${where} tells a cost of $${costUsd}, and its attempts sum up to $${sum}`]
    : [];
}

/** An answer that had begun was paid for, at least its input. */
function begunProblems(
  attempts: readonly ModelAttempt[],
  traffic: Traffic,
  report: CallReport,
  where: string,
): string[] {
  const cut = traffic.of("primary", [report]).filter(({ outcome }) => outcome === "cut").length;
  const paid = attempts.filter(
    ({ outcome, costUsd, usage }) =>
      outcome === "failed" &&
      (costUsd ?? 0) > 0 &&
      (usage.outputTokens ?? 0) <= SIMULATED.primary.usage.outputTokens,
  ).length;
  return paid < cut
    ? [`${where}: ${cut} answers broke off after they had begun, ${paid} of them have a cost`]
    : [];
}
