/**
 * 10,000 answers that go wrong somewhere, over every provider package: cut, reset, silent, an error in the middle, bytes
 * broken, inserted or sent twice, all in pieces of random sizes, in memory. Afterwards: no truncated answer was taken for a
 * whole one, no text came twice, nothing hung, and no listener, timer or open body stays.
 *
 * Another count or seed: `node scripts/soak/cuts.mjs 2000 77`.
 */
import { getEventListeners } from "node:events";
import { SalesAgentError } from "@salesagent/ports";
import { CONTESTANTS, createManualClock, playing, render, spoil } from "../wire/broken-wire.mjs";
import { createChoices } from "../workspace/random.mjs";

const COUNT = Number(process.argv[2] ?? 10_000);
const SEED = Number(process.argv[3] ?? Date.now() % 1_000_000);
const TURNS_TO_SETTLE = 2_000;

/** Faults behind which a success must be the whole answer; after the others it is enough that the stream settles. */
const EXACT = ["none", "held-open", "cut", "reset", "stall", "in-band-error", "garbage-line"];
const LOOSE = ["wrong-type", "garbage-bytes", "broken-byte", "doubled-piece", "lost-piece", "swapped-pieces"];
const ODD_VALUES = [
  null,
  -1,
  1e308,
  true,
  "",
  "NaN",
  [],
  {},
  [null],
  [[]],
  { toString: 1 },
  JSON.parse('{"__proto__":{"odd":1}}'),
];
const REQUEST = { messages: [{ role: "user", parts: [{ type: "text", text: "hi", origin: "user" }] }] };
const WORDS = [
  "Figma",
  "fits",
  "🚀",
  "naïve",
  "日本語",
  "{",
  '"quoted"',
  "\\",
  "\n",
  "data:",
  "[DONE]",
  "👩‍👩‍👧",
  "</think>",
];

function randomReply(random) {
  const words = (most) => Array.from({ length: random.below(most) }, () => random.pick(WORDS)).join(" ");
  const call = () => ({ name: "look_up", arguments: { domain: words(6), size: random.below(1000) } });
  const calls = random.chance(0.3) ? Array.from({ length: 1 + random.below(3) }, call) : [];
  return {
    text: calls.length > 0 && random.chance(0.5) ? "" : `Begin ${words(60)} end`,
    ...(random.chance(0.3) ? { reasoning: `First ${words(20)} then` } : {}),
    ...(calls.length > 0 ? { toolCalls: calls } : {}),
    ...(random.chance(0.1) ? { finish: "length" } : {}),
  };
}

/** Reads a stream to its end, whatever that is; rings the clock when nothing else moves. */
async function read(contestant, fetch, delivery) {
  const clock = createManualClock();
  const caller = new AbortController();
  let ids = 0;
  const settings = {
    apiKey: "sk-soak",
    baseUrl: "http://soak.invalid/v1",
    fetch,
    clock,
    env: {},
    createId: () => `id-${++ids}`,
  };
  const stream = contestant.open(settings).stream(REQUEST, { signal: caller.signal, delivery });
  const outcome = { text: "", settled: false, error: undefined, result: undefined };
  const reading = (async () => {
    for await (const event of stream) if (event.type === "text-delta") outcome.text += event.text;
    outcome.result = await stream.result();
  })().then(
    () => {
      outcome.settled = true;
    },
    (error) => {
      outcome.error = error;
      outcome.settled = true;
    },
  );
  for (let turn = 0; !outcome.settled && turn < TURNS_TO_SETTLE; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!outcome.settled && turn > 20 && turn % 10 === 0) clock.ring();
  }
  if (outcome.settled) await reading;
  await new Promise((resolve) => setImmediate(resolve));
  return { ...outcome, timers: clock.pending, listeners: getEventListeners(caller.signal, "abort").length };
}

const essence = ({ text, reasoning, toolCalls, finishReason }) =>
  JSON.stringify({
    text,
    reasoning,
    finishReason,
    toolCalls: toolCalls.map(({ name, input }) => ({ name, input })),
  });

/** @returns What is wrong with how a stream ended; nothing where it held. */
function complaintOf(outcome, whole, fault, bodies) {
  const { settled, error, result, text, timers, listeners } = outcome;
  if (!settled) return "hung";
  if (timers > 0) return `${timers} timers stay`;
  if (listeners > 0) return `${listeners} listeners stay`;
  if (bodies.open > 0) return "a body stays open";
  if (error !== undefined && !(SalesAgentError.is(error) && error.code.startsWith("model."))) {
    return `not an error of the family: ${error?.stack ?? error}`;
  }
  if (result?.costUsd !== undefined && !(result.costUsd >= 0 && result.costUsd < 1e9))
    return `cost ${result.costUsd}`;
  if (!EXACT.includes(fault)) return undefined;
  if (fault === "none" && error !== undefined) return `a whole answer failed: ${error.message}`;
  if (!whole.text.startsWith(text)) return `text that was never written: ${JSON.stringify(text)}`;
  if (result && essence(result) !== essence(whole)) return `taken for whole: ${essence(result)}`;
  return undefined;
}

async function soakOne(random, tally) {
  const contestant = random.pick(CONTESTANTS);
  const fault = random.pick(random.chance(0.75) ? EXACT : LOOSE);
  const reply = randomReply(random);
  const delivery = random.chance(0.15) ? "whole" : "streamed";
  const sound = render(contestant, reply, delivery === "streamed");
  const clean = await read(
    contestant,
    playing(sound, { pieces: [sound.bytes], ending: "end" }, { open: 0 }),
    delivery,
  );
  if (!clean.result) throw new Error(`${contestant.name} can't read a sound answer`, { cause: clean.error });
  const spoilt = fault === "in-band-error" ? inBand(random, contestant, reply, delivery) : sound;
  const wire = spoilWire(random, contestant, fault, spoilt.bytes);
  const bodies = { open: 0 };
  const plan = spoil(random, fault, wire);
  const outcome = await read(contestant, playing(spoilt, plan, bodies), delivery);
  tally[outcome.error === undefined ? "whole" : outcome.error.code] ??= 0;
  tally[outcome.error === undefined ? "whole" : outcome.error.code] += 1;
  const complaint = complaintOf(outcome, clean.result, fault, bodies);
  if (!complaint) return 0;
  process.stdout.write(`${contestant.name}, ${delivery}, ${fault}: ${complaint}\n`);
  process.stdout.write(`  expected ${essence(clean.result)}\n`);
  if (process.env.SOAK_WIRE)
    process.stdout.write(`  ${JSON.stringify(Buffer.concat(plan.pieces).toString())}\n`);
  return 1;
}

function spoilWire(random, contestant, fault, bytes) {
  if (fault === "garbage-line") return withGarbageLines(random, contestant, bytes);
  return fault === "wrong-type" ? withWrongTypes(random, bytes) : bytes;
}

function inBand(random, contestant, reply, delivery) {
  const reason = random.pick(["server", "overloaded", "rate-limit", "content-filter", "context-length"]);
  const fault = {
    type: "in-band-error",
    reason,
    afterEvents: random.below(8),
    terminator: random.chance(0.5),
  };
  return render(contestant, { ...reply, fault }, delivery === "streamed");
}

/** Comments and unknown fields between events, which readers of server-sent events pass over. */
function withGarbageLines(random, { dialect }, bytes) {
  if (dialect === "ollama") return bytes;
  const events = bytes.toString().split("\n\n");
  const line = () => random.pick([": keep-alive\n\n", "retry: 100\n\n", "id: 7\n", "nonsense\n", ":\n\n"]);
  return Buffer.from(
    events
      .map((event) => (random.chance(0.3) && event !== "" && event[0] !== "{" ? line() + event : event))
      .join("\n\n"),
  );
}

/** Values of any type where the vendor's documents say otherwise. */
function withWrongTypes(random, bytes) {
  const spoil = (line) => {
    const [, prefix, json] = /^(data: ?)?(\{.*|\[\{.*)$/.exec(line) ?? [];
    if (json === undefined || random.chance(0.6)) return line;
    const holder = { root: JSON.parse(json) };
    const spots = [];
    const note = (parent) => {
      for (const key of Object.keys(parent)) {
        spots.push([parent, key]);
        if (typeof parent[key] === "object" && parent[key] !== null) note(parent[key]);
      }
    };
    note(holder);
    const [parent, key] = random.pick(spots);
    parent[key] = structuredClone(random.pick(ODD_VALUES));
    return `${prefix ?? ""}${JSON.stringify(holder.root)}`;
  };
  return Buffer.from(bytes.toString().split("\n").map(spoil).join("\n"));
}

/** An event that never ends must end the answer, within time that grows with its length. */
async function soakEndlessEvents() {
  let failures = 0;
  for (const contestant of CONTESTANTS) {
    const sound = render(contestant, { text: "Begin" }, true);
    const opening = Buffer.from(contestant.dialect === "ollama" ? '{"a":"' : 'data: {"a":"');
    const piece = Buffer.alloc(64 * 1024, "a");
    const pieces = [opening, ...Array.from({ length: 300 }, () => piece)];
    const { error } = await read(
      contestant,
      playing(sound, { pieces, ending: "hold" }, { open: 0 }),
      "streamed",
    );
    if (SalesAgentError.is(error, "model.malformed_response")) continue;
    process.stdout.write(`${contestant.name}, endless event: ${error ?? "not settled"}\n`);
    failures += 1;
  }
  return failures;
}

const unhandled = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));
process.stdout.write(`${COUNT} answers, seed ${SEED}\n`);
// Vendors' SDKs are loaded at the first call, which takes longer than the turns that an answer may take.
await Promise.all([import("openai"), import("@anthropic-ai/sdk")]);
const random = createChoices(SEED);
const tally = {};
let failures = 0;
for (let i = 0; i < COUNT && failures < 20; i++) failures += await soakOne(random, tally);
failures += await soakEndlessEvents();
if ({}.odd !== undefined) throw new Error("a prototype was changed");
for (const [outcome, count] of Object.entries(tally).sort()) process.stdout.write(`  ${outcome}: ${count}\n`);
if (unhandled.length > 0)
  process.stdout.write(`${unhandled.length} unhandled rejections, first: ${unhandled[0]?.stack}\n`);
process.stdout.write(`${failures} broken promises\n`);
if (failures + unhandled.length > 0) process.exitCode = 1;
