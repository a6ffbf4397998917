import type { ErrorCode } from "@salesagent/ports";
import type { Fault } from "../../fault.js";
import { FEW_TRIES, overBounds } from "../bounds.js";
import type { DrillScenario } from "../scenario.js";
import { SIMULATED } from "../simulated-vendor.js";

/** Events of the primary that come before it breaks: its answer has more. */
const SOME_EVENTS = 6;

/** What the malformed event would have held. */
const LOST_WORDS = " with eight thousand people,";

/** A primary that breaks each of its answers in one way, and a healthy fallback. */
function breaks(
  about: Pick<DrillScenario, "id" | "title" | "simulates">,
  fault: Fault,
  errors: readonly ErrorCode[],
): DrillScenario {
  return {
    ...about,
    async play(stage) {
      stage.spoil("primary", { fault });
      await stage.call({ from: ["fallback"], errors });
    },
    provider: (traffic, stage) => overBounds(traffic, stage, FEW_TRIES),
  };
}

const resetBeforeHeaders = breaks(
  {
    id: 5,
    title: "reset before headers",
    simulates: "The primary resets every connection before it answers.",
  },
  { type: "reset" },
  ["model.unreachable"],
);

const cutMidAnswer = breaks(
  {
    id: 8,
    title: "cut mid-answer",
    simulates: "The primary's answer ends in the middle of its text, as cleanly as a whole one.",
  },
  { type: "cut", afterEvents: SOME_EVENTS },
  ["model.stream_cut"],
);

const stallMidAnswer = breaks(
  {
    id: 9,
    title: "stall mid-answer",
    simulates: "The primary falls silent in the middle of its text and leaves the connection open.",
  },
  { type: "stall", afterEvents: SOME_EVENTS },
  ["model.timed_out"],
);

const malformedEvent: DrillScenario = {
  id: 10,
  title: "malformed event",
  simulates:
    "One event in the middle of the primary's text is no JSON, and its words are lost; the rest of the stream is sound.",
  async play(stage) {
    stage.answer("primary", { text: SIMULATED.primary.text.replace(LOST_WORDS, "") });
    stage.spoil("primary", { fault: { type: "malformed-event", afterEvents: SOME_EVENTS } });
    await stage.call({ from: ["fallback"], errors: ["model.malformed_response"] });
  },
  provider: (traffic, stage) => overBounds(traffic, stage, FEW_TRIES),
};

const noTerminator: DrillScenario = {
  id: 11,
  title: "no [DONE]",
  simulates: "The primary's answer is whole, its finish reason told, and only the end mark is missing.",
  async play(stage) {
    stage.spoil("primary", { fault: { type: "no-terminator" } });
    await stage.call({ from: ["primary"], errors: [] });
  },
  provider: (traffic, stage) => overBounds(traffic, stage, { primary: 1, fallback: 0 }),
};

const refusedPrefill: DrillScenario = {
  id: 14,
  title: "fallback refuses prefill",
  simulates:
    "The primary breaks off in its text; continuation is on, and the fallback refuses an answer that was begun for it.",
  continuation: true,
  async play(stage) {
    stage.spoil("primary", { fault: { type: "cut", afterEvents: SOME_EVENTS } });
    stage.spoil("fallback", {
      fault: {
        type: "status",
        reason: "bad-request",
        message:
          "This model does not support assistant message prefill. The conversation must end with a user message.",
      },
      on: ({ ask }) => ask.lastRole === "assistant",
    });
    await stage.call({ from: ["fallback"], errors: ["model.stream_cut"] });
  },
  provider(traffic, stage) {
    const prefilled = traffic.of("fallback").filter(({ ask }) => ask.lastRole === "assistant").length;
    return [
      ...(prefilled > 1 ? [`the fallback refused prefill, and was sent it ${prefilled} times`] : []),
      ...overBounds(traffic, stage, { primary: 3, fallback: 2 }),
    ];
  },
};

/** Answers that break, and one that only seems to. */
export const BROKEN_ANSWERS: readonly DrillScenario[] = [
  resetBeforeHeaders,
  cutMidAnswer,
  stallMidAnswer,
  malformedEvent,
  noTerminator,
  refusedPrefill,
];
