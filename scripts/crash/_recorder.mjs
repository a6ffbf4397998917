/**
 * The outside world of `graph.mjs`, in a process of its own that nobody kills: it does what it is asked for, slowly, and keeps in
 * memory who asked for what and when. What it began is done also when the asker is gone. An effect that it has done it refuses to
 * do again, and notes that it was asked to.
 */
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const LONGEST_WAIT_MS = 15;

/** @typedef {{ effect: string, draft: string, worker: string, idempotencyKey: string, atMs: number }} Entry */

/** @type {Entry[]} */
const done = [];
/** @type {Entry[]} */
const repeated = [];
/** @type {Map<string, { entry: Promise<Entry> }>} */
const known = new Map();
const counts = { lookedUpDone: 0, lookedUpNotDone: 0 };

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

/** @param {string} effect */
async function lookUp(effect) {
  const entry = await known.get(effect)?.entry;
  counts[entry ? "lookedUpDone" : "lookedUpNotDone"] += 1;
  return entry ? { happened: true, said: toSaid(entry) } : { happened: false };
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
  if (request.method === "GET") return lookUp(searchParams.get("effect") ?? "");
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
