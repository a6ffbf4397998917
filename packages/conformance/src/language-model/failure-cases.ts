import { inspect } from "node:util";
import { type ErrorCode, type ModelEvent, SalesAgentError } from "@salesagent/ports";
import { type Bench, type ModelCase, rejectionOf } from "./bench.js";
import { PLANTED_KEY } from "./harness.js";
import { collect, collectUntilFailure } from "./reading.js";
import { GREETING, LONG } from "./requests.js";
import type { ModelScenario, ScenarioFault, ScenarioReason } from "./scenario.js";

const DELIVERIES = ["streamed", "whole"] as const;

const CODE_OF: Readonly<Record<ScenarioReason, ErrorCode>> = {
  auth: "model.auth",
  "not-found": "model.not_found",
  "bad-request": "model.bad_request",
  "rate-limit": "model.rate_limited",
  quota: "model.quota_exhausted",
  server: "model.server_error",
  unavailable: "model.overloaded",
  overloaded: "model.overloaded",
  "context-length": "model.context_length",
  "content-filter": "model.content_filtered",
};

const REASONS = Object.keys(CODE_OF) as readonly ScenarioReason[];

/** What each failure becomes. */
export const failureCases: readonly ModelCase[] = [
  ...REASONS.map(
    (reason): ModelCase => ({
      name: `turns a refusal for ${reason} into ${CODE_OF[reason]}`,
      scenario: { fault: { type: "status", reason } },
      async run(bench) {
        for (const delivery of DELIVERIES) {
          const failure = await expectFailure(bench, CODE_OF[reason], delivery);
          bench.expect(failure.facts).toMatchObject({ status: failure.facts.status });
          bench.expect(failure.facts.status ?? 0, "facts.status").toBeGreaterThanOrEqual(400);
        }
        bench.expect(bench.harness.server.requests(), "retries by itself").toBe(DELIVERIES.length);
      },
    }),
  ),
  tellsTheWait("seconds", { seconds: 7 }, 7_000),
  tellsTheWait("a date", { httpDateInMs: 30_000 }, 30_000),
  tellsTheWait("milliseconds", { milliseconds: 1_500 }, 1_500),
  {
    name: "turns an error in JSON under status 200 into its own code",
    scenario: { fault: { type: "json-error", reason: "overloaded" } },
    async run(bench) {
      for (const delivery of DELIVERIES) {
        const failure = await expectFailure(bench, "model.overloaded", delivery);
        bench.expect(failure.facts.inBand).toBe(true);
      }
    },
  },
  {
    name: "turns a web page under status 200 into model.malformed_response",
    scenario: { fault: { type: "html" } },
    async run(bench) {
      for (const delivery of DELIVERIES) await expectFailure(bench, "model.malformed_response", delivery);
    },
  },
  ...(["server", "overloaded"] as const).map(
    (reason): ModelCase => ({
      name: `turns an error for ${reason} inside the stream into ${CODE_OF[reason]}`,
      scenario: { ...LONG, fault: { type: "in-band-error", reason, afterEvents: 8 } },
      async run(bench) {
        const { facts } = await expectFailure(bench, CODE_OF[reason], "streamed");
        bench.expect(facts.inBand).toBe(true);
      },
    }),
  ),
  {
    name: "turns a reset before the headers into model.unreachable",
    scenario: { fault: { type: "reset" } },
    async run(bench) {
      for (const delivery of DELIVERIES) await expectFailure(bench, "model.unreachable", delivery);
    },
  },
  brokenStream("a reset mid-stream", { type: "reset", afterEvents: 8 }),
  brokenStream("an end before the finish", { type: "cut" }),
  brokenStream("an end between two events", { type: "cut", afterEvents: 8 }),
  brokenStream("an end inside an event", { type: "cut", afterEvents: 8, inside: "event" }),
  brokenStream(
    "an end inside a code point",
    { type: "cut", inside: "code-point" },
    { text: `${LONG.text} 東京 ${LONG.text}`, tokensPerEvent: 1 },
  ),
  {
    name: "turns a whole answer that breaks off into model.stream_cut",
    scenario: { ...GREETING, fault: { type: "cut", afterEvents: 0, inside: "event" } },
    async run(bench) {
      await expectFailure(bench, "model.stream_cut", "whole");
    },
  },
  {
    name: "turns an event that is not in the format into model.malformed_response",
    scenario: { ...LONG, fault: { type: "malformed-event", afterEvents: 8 } },
    async run(bench) {
      await expectFailure(bench, "model.malformed_response", "streamed");
    },
  },
  {
    name: "never tells the key: in no error, however it is printed",
    scenario: {
      fault: { type: "status", reason: "auth", message: `Incorrect API key provided: ${PLANTED_KEY}.` },
    },
    async run(bench) {
      for (const delivery of DELIVERIES) {
        expectNoKey(bench, await expectFailure(bench, "model.auth", delivery));
      }
      const others: readonly ModelScenario[] = [
        { fault: { type: "json-error", reason: "server", message: `Bad key ${PLANTED_KEY}` } },
        { ...LONG, fault: inBandWithKey },
        { fault: { type: "reset" } },
        { fault: { type: "html" } },
      ];
      for (const scenario of others) {
        await bench.beside(scenario, async (beside) =>
          expectNoKey(bench, await rejectionOf(collect(beside.stream()))),
        );
      }
    },
  },
  {
    name: "never tells the key: in no event",
    async run(bench) {
      expectNoKey(bench, await collect(bench.stream()));
    },
  },
];

const inBandWithKey: ScenarioFault = {
  type: "in-band-error",
  reason: "server",
  message: `Worker failed with key ${PLANTED_KEY}`,
  afterEvents: 8,
};

function tellsTheWait(
  how: string,
  retryAfter: NonNullable<Extract<ScenarioFault, { type: "status" }>["retryAfter"]>,
  waitMs: number,
): ModelCase {
  return {
    name: `tells the wait that a refusal asks for in ${how}`,
    scenario: { fault: { type: "status", reason: "rate-limit", retryAfter } },
    async run(bench) {
      const { facts } = await expectFailure(bench, "model.rate_limited", "streamed");
      bench.expect(facts.retryAfterMs).toBe(waitMs);
    },
  };
}

function brokenStream(what: string, fault: ScenarioFault, answer: ModelScenario = LONG): ModelCase {
  return {
    name: `turns ${what} into model.stream_cut, in the iteration and in the result`,
    scenario: { ...answer, fault },
    async run(bench) {
      const stream = bench.stream();
      const result = stream.result();
      result.catch(() => {});
      const { events, failure } = await collectUntilFailure(stream);
      expectNamed(bench, failure, "model.stream_cut");
      bench.expect(await rejectionOf(result)).toBe(failure);
      bench.expect(events.some((event: ModelEvent) => event.type === "finish")).toBe(false);
      await bench.expectNothingLeft();
    },
  };
}

async function expectFailure(
  bench: Bench,
  code: ErrorCode,
  delivery: (typeof DELIVERIES)[number],
): Promise<NamedFailure> {
  const failure = await rejectionOf(bench.stream({ delivery }).result());
  const named = expectNamed(bench, failure, code);
  await bench.expectNothingLeft();
  return named;
}

interface NamedFailure {
  readonly facts: {
    readonly status?: number;
    readonly inBand?: boolean;
    readonly retryAfterMs?: number;
  };
}

/** An error of the family, of this code, that says which model it is about. */
function expectNamed(bench: Bench, failure: unknown, code: ErrorCode): NamedFailure {
  const { provider, modelId } = bench.harness.model;
  if (!SalesAgentError.is(failure)) throw new Error(`expected ${code}, got ${inspect(failure)}`);
  bench.expect(failure.code, failure.message).toBe(code);
  bench.expect(failure.facts).toMatchObject({ provider, modelId });
  bench.expect(failure.message).toContain(provider);
  bench.expect(failure.message).toContain(modelId);
  bench.expect(failure.replay).toBe("safe");
  return failure as NamedFailure;
}

function expectNoKey(bench: Bench, value: unknown): void {
  const printed = inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true });
  const stack = value instanceof Error ? (value.stack ?? "") : "";
  for (const text of [printed, String(value), stack, JSON.stringify(value)]) {
    bench.expect(text.includes(PLANTED_KEY), "the key is in it").toBe(false);
  }
}
