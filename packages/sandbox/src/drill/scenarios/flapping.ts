import type { CallReport } from "../call-report.js";
import type { DrillStage } from "../drill-stage.js";
import { servedBy } from "../judge-call.js";
import type { DrillScenario } from "../scenario.js";
import type { Traffic } from "../traffic.js";

const TOGETHER = 4;
/** One probe, and what may have been under way beside it. */
const MOST_WHILE_OPEN = 2;

const down = { from: ["fallback"], errors: ["model.overloaded", "model.server_error"] } as const;
const healthy = { from: ["primary", "fallback"], errors: [] } as const;

/** The calls of each stretch, in the order in which {@link flapping} makes them. */
function stretches({ made }: DrillStage) {
  const reports = made.map(({ report }) => report).sort((a, b) => a.index - b.index);
  const [closed, open, halfOpen] = [0, 1, 2].map((at) => reports.slice(at * TOGETHER, (at + 1) * TOGETHER));
  return { closed, open, halfOpen, after: reports.slice(3 * TOGETHER) };
}

export const flapping: DrillScenario = {
  id: 15,
  title: "primary flaps",
  simulates: `The primary answers 503 to three rounds of ${TOGETHER} calls at once, the third after a circuit breaker's rest; then it is healthy, and after another rest three calls come one by one.`,
  async play(stage) {
    let isDown = true;
    stage.spoil("primary", { fault: { type: "status", reason: "unavailable" }, on: () => isDown });
    const restMs = stage.limits.breakerResetMs + 60;
    await stage.together(TOGETHER, down);
    await stage.together(TOGETHER, down);
    await stage.wait(restMs);
    await stage.together(TOGETHER, down);
    isDown = false;
    await stage.wait(restMs);
    for (let call = 0; call < 3; call++) await stage.call(healthy);
  },
  provider(traffic, stage) {
    const { open, halfOpen } = stretches(stage);
    return [
      ...askedTooOften(traffic, open, "while it was down and had just failed"),
      ...askedTooOften(traffic, halfOpen, "after a rest, where one probe would tell"),
    ];
  },
  caller(_traffic, stage) {
    const last = stretches(stage).after.at(-1);
    if (last === undefined || servedBy(last.text) === "primary") return [];
    return ["did not go back to the primary when it was healthy again"];
  },
};

function askedTooOften(traffic: Traffic, calls: readonly CallReport[] | undefined, when: string): string[] {
  const count = traffic.of("primary", calls ?? []).length;
  if (count <= MOST_WHILE_OPEN) return [];
  return [`${TOGETHER} calls asked the primary ${count} times ${when}`];
}
