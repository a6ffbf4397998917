/**
 * 100,000 calls through one router over models in memory that fail in every way: refused, limited, cut in the middle, silent;
 * with takeovers, retries and hedges by a clock that is moved by hand, budgets and spans, and callers who abort or leave.
 * Afterwards the heap is where it was; no timer, listener, span or reservation stays; every attempt was told how it ended.
 *
 * Another count or seed: `node --expose-gc scripts/soak/routed.mjs 20000 77`.
 */
import { getEventListeners } from "node:events";
import { createBudgets } from "@salesagent/core/budget";
import { ModelRouter, withTelemetry } from "@salesagent/core/router";
import { createModelStream, SalesAgentError, wait } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { createManualClock } from "../wire/broken-wire.mjs";
import { createChoices } from "../workspace/random.mjs";
import { check, heapMb } from "./_heap.mjs";

const COUNT = Number(process.argv[2] ?? 100_000);
const SEED = Number(process.argv[3] ?? Date.now() % 1_000_000);
const CEILING_MB = 5;
const WARM = 5_000;
const TOGETHER = 50;
const BETWEEN_BATCHES_MS = 5_000;
const WORDS = 12;
const MOST_TURNS = 5_000;

const random = createChoices(SEED);
const clock = createManualClock();

/** What may go wrong with an attempt, and how often beside the others. */
const FAULTS = {
  "model.rate_limited": 4,
  "model.overloaded": 4,
  "model.server_error": 8,
  "model.unreachable": 6,
  "model.timed_out": 4,
  "model.malformed_response": 4,
  "model.context_length": 2,
  "model.content_filtered": 1,
  "model.bad_request": 1,
  "model.auth": 0.05,
  "not of the family": 2,
  "cut in the middle": 16,
  "error in the middle": 8,
  "open tool call": 4,
  slow: 12,
};
const FAULT_SUM = Object.values(FAULTS).reduce((sum, share) => sum + share, 0);

function pickFault() {
  let left = (random.below(1e6) / 1e6) * FAULT_SUM;
  for (const [name, share] of Object.entries(FAULTS)) {
    left -= share;
    if (left < 0) return name;
  }
  return "slow";
}

const abilities = {
  ...{ tools: true, parallelTools: true, structuredOutput: "schema", reasoning: true },
  ...{ vision: false, sampling: true, prefill: true },
};
const price = { input: 1, output: 4, asOf: "2026-01-01" };

/** A model that fails in three of ten attempts. Its words carry its letter and their place. */
function hazardousModel(letter, contextTokens) {
  const names = { provider: "soak", modelId: letter };
  const profile = {
    ...{ contextTokens, maxOutputTokens: 500, abilities, price, locality: "cloud" },
    source: { asOf: "2026-01-01" },
  };
  return {
    ...{ port: "language-model/1", ...names, profile },
    stream: (request, call = {}) =>
      createModelStream(({ signal }) => {
        const fault = random.chance(0.3) ? pickFault() : undefined;
        return answer(letter, wordsBegun(request), fault, signal);
      }, call),
  };
}

/** How many words the request brings along, for a model that is to go on with them. */
function wordsBegun({ messages }) {
  const last = messages.at(-1);
  return last.role === "assistant" ? last.parts[0].text.split(" ").length : 0;
}

async function* answer(letter, begun, fault, signal) {
  const names = { provider: "soak", modelId: letter };
  await null;
  if (fault === "slow") await wait(clock, 500 + random.below(10_000), signal);
  if (fault === "not of the family") throw new Error("socket hang up");
  if (fault?.startsWith("model.")) throw modelError(fault, names);
  yield [{ type: "start", ...names, warnings: [], rateLimits: limits() }];
  const stopAt = fault?.endsWith("middle") ? begun + random.below(WORDS - begun) : WORDS;
  for (let place = begun; place < stopAt; place++) {
    await null;
    yield [{ type: "text-delta", text: `${place > 0 ? " " : ""}${letter}${place}` }];
  }
  if (fault === "cut in the middle") return;
  if (fault === "error in the middle") throw modelError("model.server_error", names, { inBand: true });
  if (fault === "open tool call") yield [{ type: "tool-call-start", callId: "1", name: "look_up" }];
  yield [finish(names)];
}

function limits() {
  if (random.chance(0.5)) return [];
  return [{ kind: "requests", limit: 1_000, remaining: 100 + random.below(900), resetMs: 60_000 }];
}

function finish(names) {
  const usage = { inputTokens: 20, outputTokens: WORDS };
  const attempt = { ...names, outcome: "completed", usage, costUsd: 0.000068, latencyMs: 0 };
  return {
    ...{ type: "finish", reason: "stop", usage, costUsd: 0.000068 },
    timings: { totalMs: 0 },
    attempts: [attempt],
  };
}

function modelError(code, names, more = {}) {
  const told = code === "model.rate_limited" || code === "model.overloaded";
  const retryAfterMs = told && random.chance(0.7) ? { retryAfterMs: random.below(3_000) } : {};
  const facts = { ...names, ...retryAfterMs, ...more };
  return new SalesAgentError(code, { message: `${code} of ${names.modelId}.`, facts, replay: "safe" });
}

const spans = { begun: 0, ended: 0, failed: 0, measured: 0 };
const telemetry = {
  startSpan() {
    spans.begun += 1;
    let ended = false;
    return {
      set() {},
      fail() {
        spans.failed += 1;
      },
      end() {
        if (!ended) spans.ended += 1;
        ended = true;
      },
    };
  },
  measure() {
    spans.measured += 1;
  },
};

const attempts = { begun: 0, ended: 0, failed: 0, aborted: 0, hedges: 0, continuations: 0 };
const counting = {
  begin({ purpose }) {
    attempts.begun += 1;
    if (purpose === "hedge") attempts.hedges += 1;
    if (purpose === "continuation") attempts.continuations += 1;
    return {
      end({ outcome }) {
        attempts.ended += 1;
        if (outcome !== "completed") attempts[outcome] += 1;
      },
    };
  },
};

const budgets = createBudgets({
  budgets: [
    { usd: 1e6, per: "day", scope: "tenant" },
    { calls: 1_200, per: "minute", scope: "agent" },
  ],
  storage: memoryStorage({ clock }),
  clock,
});
const router = new ModelRouter({
  candidates: [hazardousModel("a", 8_000), hazardousModel("b", 32_000), hazardousModel("c", 128_000)],
  policy: { weights: { speed: 1, cost: 1, reliability: 1 } },
  takeover: "continue",
  hedge: { afterMs: 800 },
  // Failures are told sooner than answers end, so that few outcomes say little when fifty calls begin at once.
  breaker: { minCalls: 60 },
  guards: [budgets, counting],
  ...{ clock, random: () => random.below(1e6) / 1e6 },
});
const model = withTelemetry(router, { telemetry, clock });

const tally = { whole: 0, "with lost attempts": 0, "told as an error": 0, aborted: 0, left: 0 };
const errors = new Map();

async function callOnce(index, shared) {
  const text = `Question ${index % 700}`;
  const request = { messages: [{ role: "user", parts: [{ type: "text", text, origin: "user" }] }] };
  const scope = { tenant: `t${index % 5}`, agent: `a${index % 3}` };
  const fate = random.chance(0.05) ? "aborts" : random.chance(0.05) ? "leaves" : "reads";
  const own = new AbortController();
  const { signal } = fate === "aborts" ? own : shared;
  if (fate === "aborts") clock.schedule(random.below(1_500), () => own.abort(OWN_REASON));
  const delivery = random.chance(0.5) ? "whole" : "streamed";
  const stream = model.stream(request, { signal, scope, delivery });
  try {
    await readToItsEnd(stream, fate);
  } catch (error) {
    noteError(error, own);
  }
  check(getEventListeners(own.signal, "abort").length === 0, "a listener stays on a caller's own signal");
}

const OWN_REASON = new Error("the caller had enough");

async function readToItsEnd(stream, fate) {
  const leaveAfter = fate === "leaves" ? 1 + random.below(WORDS) : Number.POSITIVE_INFINITY;
  let text = "";
  let seen = 0;
  for await (const event of stream) {
    if (event.type === "restart") text = "";
    if (event.type === "text-delta") text += event.text;
    seen += 1;
    if (seen < leaveAfter) continue;
    tally.left += 1;
    return;
  }
  const result = await stream.result();
  check(text === result.text, `the reader has "${text}", the result "${result.text}"`);
  const words = text.split(" ").map((word) => word.slice(1));
  check(words.length === WORDS && words.every((word, place) => word === `${place}`), `whole: "${text}"`);
  tally.whole += 1;
  if (result.attempts.length > 1) tally["with lost attempts"] += 1;
}

function noteError(error, own) {
  if (error === OWN_REASON && own.signal.aborted) {
    tally.aborted += 1;
    return;
  }
  const isTold = SalesAgentError.is(error) || error.message === "socket hang up";
  if (!isTold) throw error;
  tally["told as an error"] += 1;
  const code = error.code ?? error.message;
  errors.set(code, (errors.get(code) ?? 0) + 1);
}

/** Turns the loop and moves the clock until all that was begun is settled. */
async function settle(work) {
  let settled = false;
  const end = () => {
    settled = true;
  };
  work.then(end, end);
  for (let turn = 0; !settled; turn++) {
    check(turn < MOST_TURNS, "a call hangs");
    await new Promise((resolve) => setImmediate(resolve));
    if (!settled) clock.ring();
  }
  await work;
}

async function runCalls(count) {
  const shared = new AbortController();
  for (let from = 0; from < count; from += TOGETHER) {
    const batch = Array.from({ length: Math.min(TOGETHER, count - from) }, (_, i) =>
      callOnce(from + i, shared),
    );
    await settle(Promise.all(batch));
    await settle(new Promise((resolve) => void clock.schedule(BETWEEN_BATCHES_MS, resolve)));
  }
  check(getEventListeners(shared.signal, "abort").length === 0, "a listener stays on the shared signal");
}

const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
check(typeof globalThis.gc === "function", "run it with --expose-gc");
process.stdout.write(`${COUNT} routed calls, seed ${SEED}\n`);
await runCalls(WARM);
const before = await heapMb();
const startedMs = performance.now();
await runCalls(COUNT);
await budgets.flush();
const seconds = (performance.now() - startedMs) / 1000;
const grownMb = (await heapMb()) - before;

const print = (title, counts) =>
  process.stdout.write(
    `${title}: ${Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ")}\n`,
  );
print("calls", tally);
print("errors", Object.fromEntries([...errors].sort((one, other) => other[1] - one[1])));
print("attempts", attempts);
print("spans", spans);
const signed = `${grownMb >= 0 ? "+" : ""}${grownMb.toFixed(2)}`;
process.stdout.write(
  `heap ${signed} MB (ceiling ${CEILING_MB}), ${clock.pending} timers stay, ${seconds.toFixed(0)} s\n`,
);

check(unhandled.length === 0, `${unhandled.length} unhandled rejections, first: ${unhandled[0]?.stack}`);
check(attempts.begun === attempts.ended, "an attempt was not told how it ended");
check(spans.begun === spans.ended, "a span was not ended");
check(clock.pending === 0, `${clock.pending} timers stay`);
for (const tenant of ["t0", "t1", "t2", "t3", "t4"]) {
  for (const { name, held } of await budgets.read({ tenant, agent: "a0" })) {
    check(held.usd === 0 && held.calls === 0, `${name} of ${tenant} still holds ${held.usd} USD`);
  }
}
check(grownMb < CEILING_MB, `the heap grew by ${grownMb.toFixed(1)} MB`);
const timers = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout");
check(timers.length === 0, `${timers.length} timers of the platform stay`);
