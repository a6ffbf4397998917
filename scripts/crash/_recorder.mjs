/**
 * The outside world of the suites that kill, in a process of its own that nobody kills: it does what it is asked for, slowly, and
 * keeps in memory who asked for what and when. What it began is done also when the asker is gone. An effect that it has done it
 * refuses to do again, and notes that it was asked to. Now and then a lookup can't tell yet.
 */
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_WAIT_MS = 15;
/** Of so many effects that are looked up, one can't be told of at the first look. */
const SHARE_OF_SLOW_LOOKUPS = 3;

/** @typedef {{ effect: string, draft: string, worker: string, idempotencyKey?: string, atMs: number }} Entry */
/** @typedef {{ lookedUpDone: number, lookedUpNotDone: number, lookedUpUnknown: number }} Counts */

/** @type {Entry[]} */
const done = [];
/** @type {Entry[]} */
const repeated = [];
/** @type {Map<string, { entry: Promise<Entry> }>} */
const known = new Map();
/** @type {Set<string>} */
const lookedUp = new Set();
/** @type {Counts} */
const counts = { lookedUpDone: 0, lookedUpNotDone: 0, lookedUpUnknown: 0 };

/** @param {Entry} entry */
async function doIt(entry) {
  await sleep(Math.random() * LONGEST_WAIT_MS);
  done.push(entry);
  return entry;
}

/** @param {Entry} asked */
async function post(asked) {
  const standing = known.get(asked.effect);
  if (standing) {
    repeated.push(asked);
    return standing.entry;
  }
  const entry = doIt(asked);
  known.set(asked.effect, { entry });
  await entry;
  await sleep(Math.random() * LONGEST_WAIT_MS);
  return entry;
}

/**
 * @param {string} effect
 * @param {boolean} isPerson A person is told at once.
 */
async function lookUp(effect, isPerson) {
  const isFirst = !lookedUp.has(effect);
  lookedUp.add(effect);
  if (isFirst && !isPerson && lookedUp.size % SHARE_OF_SLOW_LOOKUPS === 0) {
    counts.lookedUpUnknown += 1;
    return { unknown: true };
  }
  const entry = await known.get(effect)?.entry;
  counts[entry ? "lookedUpDone" : "lookedUpNotDone"] += 1;
  return entry ? { happened: true, result: toSaid(entry) } : { happened: false };
}

/** What the outside says does not depend on when, or for whom. */
const toSaid = (/** @type {Entry} */ { effect }) => `done ${effect.slice(effect.indexOf(":") + 1)}`;

/**
 * @param {import("node:http").IncomingMessage} request
 * @returns {Promise<object>}
 */
async function answer(request) {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://recorder");
  if (pathname === "/log") return { done, repeated, counts };
  if (request.method === "GET") return lookUp(searchParams.get("effect") ?? "", searchParams.has("person"));
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  return { said: toSaid(await post({ ...JSON.parse(body), atMs: Date.now() })) };
}

const server = createServer((request, response) => {
  answer(request).then(
    (value) => void response.setHeader("content-type", "application/json").end(JSON.stringify(value)),
    () => void response.destroy(), // the asker was killed in the middle of asking
  );
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.once("disconnect", () => process.exit());
