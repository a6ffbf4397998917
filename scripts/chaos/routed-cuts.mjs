/**
 * 10,000 routed calls over every provider package, whose answers are cut, reset, fall silent or end in an error at a random
 * byte, again and again. Afterwards: no text came twice, none that was truncated passed for whole, no call hung, every
 * attempt was told to its guards, and no listener, timer or open body stays.
 *
 * Another count or seed: `node scripts/chaos/routed-cuts.mjs 2000 77`.
 */
import { getEventListeners } from "node:events";
import { ModelRouter } from "@salesagent/core/router";
import { SalesAgentError } from "@salesagent/ports";
import { CONTESTANTS, createManualClock, playing, render, spoil } from "../wire/broken-wire.mjs";
import { createChoices } from "../workspace/random.mjs";

const COUNT = Number(process.argv[2] ?? 10_000);
const SEED = Number(process.argv[3] ?? Date.now() % 1_000_000);
const TURNS_TO_SETTLE = 20_000;
const WORDS = 40;
const FAULTS = ["none", "cut", "cut", "cut", "reset", "stall", "in-band-error"];
const QUESTION = {
  messages: [{ role: "user", parts: [{ type: "text", text: "Tell me.", origin: "user" }] }],
};

/** Each model's words carry its letter and their place, so that a text that is doubled, mixed or cut is seen. */
const words = (letter, from) =>
  Array.from({ length: WORDS - from }, (_, index) => `${letter}${from + index}`).join(" ");

/** How many words of an answer the request brings along, for a model that is to go on with them. */
function wordsBegun(body) {
  const { messages, contents, input } = JSON.parse(body);
  const last = (messages ?? contents ?? input).at(-1);
  if (last?.role !== "assistant" && last?.role !== "model") return 0;
  return JSON.stringify(last).match(/\b[abc]\d+\b/g)?.length ?? 0;
}

/** A `fetch` whose every response is spoilt anew. */
function spoilingFetch(random, contestant, letter, calls) {
  return async (input, init) => {
    calls.made += 1;
    const begun = wordsBegun(init.body);
    const fault = random.pick(FAULTS);
    calls.faults[fault] = (calls.faults[fault] ?? 0) + 1;
    const text = `${begun > 0 ? " " : ""}${words(letter, begun)}`;
    const inBand = { type: "in-band-error", reason: "server", afterEvents: random.below(WORDS) };
    const reply = { text, ...(fault === "in-band-error" ? { fault: inBand } : {}) };
    const answer = render(contestant, reply, true);
    const plan = spoil(random, fault, answer.bytes);
    return playing(answer, plan, calls)(input, init);
  };
}

function isWhole(text) {
  const found = text.trim().split(/\s+/);
  return (
    found.length === WORDS &&
    found.every((word, index) => /^[abc]/.test(word) && word.slice(1) === `${index}`)
  );
}

async function callOnce(random) {
  const clock = createManualClock();
  const calls = { open: 0, made: 0, faults: {} };
  const told = { begun: 0, ended: 0 };
  const chosen = [random.pick(CONTESTANTS), random.pick(CONTESTANTS), random.pick(CONTESTANTS)].slice(
    0,
    1 + random.below(3),
  );
  const candidates = chosen.map((contestant, index) => {
    const letter = "abc".charAt(index);
    const fetch = spoilingFetch(random, contestant, letter, calls);
    const settings = { apiKey: "sk-chaos", baseUrl: "http://chaos.invalid/v1", fetch, clock, env: {} };
    const model = contestant.open(settings);
    const abilities = { ...model.profile.abilities, prefill: random.chance(0.5) };
    return {
      id: letter,
      model: { ...model, stream: model.stream.bind(model), profile: { ...model.profile, abilities } },
    };
  });
  const router = new ModelRouter({
    candidates,
    ...{ clock, random: () => random.below(1000) / 1000, retry: { retries: random.below(4) } },
    takeover: random.pick(["restart", "continue"]),
    ...(candidates.length > 1 && random.chance(0.2) ? { hedge: { afterMs: 1 } } : {}),
  });
  const guard = {
    begin: () => {
      told.begun += 1;
      const end = () => {
        told.ended += 1;
      };
      return { end };
    },
  };
  const caller = new AbortController();
  const stream = router.stream(QUESTION, { signal: caller.signal, guards: [guard] });
  const outcome = await settle(read(stream), clock);
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  const listeners = getEventListeners(caller.signal, "abort").length;
  return { ...outcome, calls, told, timers: clock.pending, listeners };
}

/** What a reader has at the end who follows the events. */
async function read(stream) {
  let text = "";
  for await (const event of stream) {
    if (event.type === "restart") text = "";
    if (event.type === "text-delta") text += event.text;
  }
  return { text, result: await stream.result() };
}

async function settle(reading, clock) {
  let outcome;
  reading.then(
    (success) => {
      outcome = success;
    },
    (error) => {
      outcome = { error };
    },
  );
  for (let turn = 0; !outcome && turn < TURNS_TO_SETTLE; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!outcome && turn > 20 && turn % 10 === 0) clock.ring();
  }
  return outcome ?? { hung: true };
}

/** @returns What is wrong with how a call ended; nothing where it held. */
function complaintOf({ hung, error, text, result, calls, told, timers, listeners }) {
  if (hung) return "hung";
  if (timers > 0) return `${timers} timers stay`;
  if (listeners > 0) return `${listeners} listeners stay`;
  if (calls.open > 0) return `${calls.open} bodies stay open`;
  if (told.begun !== told.ended) return `${told.begun} attempts began, ${told.ended} ended`;
  if (error) return SalesAgentError.is(error) ? undefined : `not an error of the family: ${error.stack}`;
  if (text !== result.text)
    return `the reader has ${JSON.stringify(text)}, the result ${JSON.stringify(result.text)}`;
  if (!isWhole(text)) return `taken for whole: ${JSON.stringify(text)}`;
  const { provider, modelId, outcome } = result.attempts.at(-1) ?? {};
  if (provider !== result.provider || modelId !== result.modelId || outcome !== "completed")
    return `served by ${result.provider}, but the last attempt is ${provider} ${outcome}`;
  return undefined;
}

process.stdout.write(`${COUNT} routed calls, seed ${SEED}\n`);
await Promise.all([import("openai"), import("@anthropic-ai/sdk")]);
const random = createChoices(SEED);
const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
const tally = {
  whole: 0,
  "told as an error": 0,
  requests: 0,
  "cut, reset, silent or broken answers": 0,
  takeovers: 0,
};
let failures = 0;
for (let i = 0; i < COUNT && failures < 20; i++) {
  const outcome = await callOnce(random);
  tally[outcome.error ? "told as an error" : "whole"] += 1;
  tally.requests += outcome.calls.made;
  tally["cut, reset, silent or broken answers"] += outcome.calls.made - (outcome.calls.faults.none ?? 0);
  tally.takeovers += Math.max(0, (outcome.result?.attempts.length ?? 1) - 1);
  const complaint = complaintOf(outcome);
  if (!complaint) continue;
  failures += 1;
  process.stdout.write(`call ${i}: ${complaint}\n`);
}
for (const [name, count] of Object.entries(tally)) process.stdout.write(`  ${name}: ${count}\n`);
if (unhandled.length > 0)
  process.stdout.write(`${unhandled.length} unhandled rejections, first: ${unhandled[0]?.stack}\n`);
process.stdout.write(`${failures} broken promises\n`);
if (failures + unhandled.length > 0) process.exitCode = 1;
