// The show: `npm run demo -w examples/bdr`. A run is begun, its process is killed while it waits for a person, another works,
// a third approves; then the worker is killed after it booked and before it heard so. One mail, one meeting.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "../../scripts/workspace/build.mjs";
import { findPostgres } from "../../scripts/workspace/postgres.mjs";

const limitMs = 30_000;
const runId = `demo-${randomUUID().slice(0, 8)}`;
const env = { ...process.env, TENANT: runId }; // what earlier shows left in this database is not its business
/** @type {Set<import("node:child_process").ChildProcess>} */
const living = new Set();

/** Starts one of the programs beside this one; its lines are printed under its name. */
function start(name, program, ...args) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
  living.add(child);
  const lines = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    console.log(`  ${name.padEnd(8)} ${line.slice(0, 140)}`);
  });
  const ended = once(child, "close").then(() => living.delete(child));
  const says = (text) => until(`${name} to say "${text}"`, () => lines.find((line) => line.includes(text)));
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
    console.log(`  ${name.padEnd(8)} killed with -9 (process ${child.pid})`);
  };
  return { says, kill, ended, lines };
}

/** Waits until something is there. */
async function until(what, find) {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs; await sleep(25)) {
    const found = await find();
    if (found) return found;
  }
  throw new Error(`Waited ${limitMs} ms for ${what}.`);
}

const log = async () => (await fetch(`${env.OUTSIDE_URL}/log`)).json();

async function show() {
  const outside = start("outside", "outside.mjs", "--slow-booking", "600000");
  env.OUTSIDE_URL = await outside.says("http://");

  console.log("\n1. A process begins the run, and waits for a person");
  const first = start("first", "start.mjs", runId);
  await first.says("is waiting");
  await first.kill();

  console.log("\n2. Another process works. Nobody tells it of the run");
  const second = start("second", "work.mjs");
  await second.says("works");

  console.log("\n3. A third process approves, and ends");
  await start("third", "approve.mjs").ended;
  await second.says('waits in "reply"');

  console.log("\n4. The lead answers; the second process books, and is killed before it hears that it did");
  await start("lead", "reply.mjs", runId).ended;
  await until("a meeting", async () => (await log()).meetings.length > 0);
  await second.kill();

  console.log("\n5. A last process asks the calendar instead of booking again");

  const begunAt = performance.now();
  const last = start("last", "work.mjs");
  await last.says("ended:");
  console.log(`  ${"last".padEnd(8)} ${Math.round(performance.now() - begunAt)} ms after it was begun`);

  const { mails, meetings } = await log();
  console.log(`\nOutside: ${mails.length} mail, ${meetings.length} meeting`);
  for (const { slot, attendee, title } of meetings) console.log(`  ${slot.startsAt} ${attendee}: ${title}`);
  const isOnce = mails.length === 1 && meetings.length === 1;
  console.log(isOnce ? "Booked once." : "NOT once: that is a defect.");
  return isOnce ? 0 : 1;
}

await ensureBuilt();
const { url, stop } = await findPostgres();
env.DATABASE_URL = url;
try {
  process.exitCode = await show();
} finally {
  for (const child of living) child.kill("SIGKILL");
  await stop();
}
