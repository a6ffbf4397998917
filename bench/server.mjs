// Our routes beside a bare Hono that gives the same answers: in a process and over loopback; streams from the first event to a thousand
// readers; what a reader weighs, and what the client adds to a page. Authorising by API key, permissions, limits, validation and audit are on.
// Run: npm run bench -- server. Storage is in memory.
import { readFile } from "node:fs/promises";
import { bundle } from "../scripts/workspace/bundle.mjs";
import { figure, measure, measureGroups } from "./_interleaved.mjs";
import { OPEN, openBench, TOLD } from "./server/app.mjs";
import { follow, measureServer, sendMany, startServing } from "./server/served.mjs";

const AT_ONCE = 16;
const READERS = 1_000;
const CONNECTIONS = 200;
const ORIGIN = "https://app.example.com";

const body = JSON.stringify({ reason: "asked for" });
const JSON_TYPE = { "content-type": "application/json" };

/** What is asked, by the group's name. `checked` is the bare one that validates too. */
const ASKED = {
  "GET /health": { path: "/health", count: 5_000 },
  "GET /leads, a page of 50": { path: "/leads?limit=50", count: 1_000 },
  "POST with a validated body": {
    ...{ path: `/streams/${OPEN}/stop`, method: "POST", body, status: 202, count: 3_000 },
    checked: `/checked/streams/${OPEN}/stop`,
  },
  "GET a stream of 50 events": { path: `/streams/${TOLD}/events`, count: 1_000 },
};

const authorization = (key) => ({ authorization: `Bearer ${key}` });

/** One after the other, as a runtime would call it. */
function inProcess(server, { path, method = "GET", body: sent, status = 200, count }, headers) {
  const init = { method, body: sent, headers: { ...headers, ...(sent && JSON_TYPE) } };
  return () =>
    measure(count, async () => {
      for (let index = 0; index < count; index++) {
        const response = await server.fetch(new Request(ORIGIN + path, init));
        if (response.status !== status) throw new Error(`${path}: ${response.status}`);
        await response.arrayBuffer();
      }
    });
}

function groupsInProcess({ ours, oursByHost, bare, key }, scale) {
  return Object.fromEntries(
    Object.entries(ASKED).map(([name, one]) => {
      const asked = { ...one, count: scale(one.count) };
      const checked = one.checked && { ...asked, path: one.checked };
      return [
        `${name}, in a process`,
        {
          "bare Hono": inProcess(bare, asked),
          ...(checked && { "bare Hono that validates": inProcess(bare, checked) }),
          ours: inProcess(ours, asked, authorization(key)),
          "ours, authorised by the host": inProcess(oursByHost, asked),
        },
      ];
    }),
  );
}

function overLoopback(served, port, { count, ...asked }, atOnce, headers = {}) {
  const all = { ...headers, ...(asked.body && JSON_TYPE) };
  return () => measureServer(served, count, () => sendMany({ port, ...asked, headers: all }, count, atOnce));
}

function groupsOverLoopback(served, scale) {
  const { ports, key } = served;
  const group = (one, atOnce) => {
    const asked = { ...one, count: scale(Math.ceil(one.count / (atOnce === 1 ? 5 : 2))) };
    return {
      ...(ports.bareOnItsOwn && {
        "bare Hono, its own mount": overLoopback(served, ports.bareOnItsOwn, asked, atOnce),
      }),
      "bare Hono, our mount": overLoopback(served, ports.bare, asked, atOnce),
      ours: overLoopback(served, ports.ours, asked, atOnce, authorization(key)),
    };
  };
  return Object.fromEntries(
    Object.entries(ASKED).flatMap(([name, one]) => [
      [`${name}, over loopback, ${AT_ONCE} at once (CPU of the server)`, group(one, AT_ONCE)],
      ...(one.path === "/health" || one.path.startsWith("/leads")
        ? [[`${name}, over loopback, one after the other (CPU of the server)`, group(one, 1)]]
        : []),
    ]),
  );
}

/** From the request to the first event of a stream that is open, on a connection of its own. */
function firstEvents(served, scale) {
  const count = scale(200);
  const contender = (port, headers) => () =>
    measureServer(served, count, async () => {
      for (let index = 0; index < count; index++) {
        const isBegun = (text) => text.includes("id: 1\n");
        const reader = follow({ port, path: `/streams/${OPEN}/events`, headers, isBegun });
        await reader.began;
        reader.leave();
      }
    });
  const { ports, key } = served;
  return { "bare Hono": contender(ports.bare), ours: contender(ports.ours, authorization(key)) };
}

let streams = 0;

/** All readers take all events, each told by itself; time and CPU for each event that a reader gets. */
function fanOutInProcess({ ours, bare, key, openStream, tellAll }, scale) {
  const [readers, events] = [scale(READERS), scale(100)];
  const fanOut = async (server, path, tellThem, headers) => {
    const asked = Array.from({ length: readers }, () =>
      server.fetch(new Request(ORIGIN + path, { headers })),
    );
    const responses = await Promise.all(asked);
    return measure(readers * events, async () => {
      const read = responses.map(readToEnd);
      await tellThem();
      await Promise.all(read);
    });
  };
  return {
    "the same bytes to each": () => fanOut(bare, "/broadcast", () => bare.broadcast.tellAll(events)),
    async ours() {
      const id = `fan-${streams++}`;
      await openStream(id);
      return fanOut(ours, `/streams/${id}/events`, () => tellAll(id, events), authorization(key));
    },
  };
}

async function readToEnd(response) {
  const reader = response.body.getReader();
  while (!(await reader.read()).done);
}

function fanOutOverLoopback(served, scale) {
  const [connections, events] = [scale(CONNECTIONS), scale(200)];
  const fanOut = async (port, path, told, headers) => {
    const readers = Array.from({ length: connections }, () =>
      follow({ port, path, headers, isBegun: () => true }),
    );
    await Promise.all(readers.map(({ began }) => began));
    return measureServer(served, connections * events, async () => {
      await served.ask("tellAll", { ...told, events });
      await Promise.all(readers.map(({ ended }) => ended));
    });
  };
  const { ports, key } = served;
  return {
    "the same bytes to each": () => fanOut(ports.bare, "/broadcast", {}),
    async ours() {
      const id = `fan-${streams++}`;
      await served.ask("openStream", { id });
      return fanOut(ports.ours, `/streams/${id}/events`, { id }, authorization(key));
    },
  };
}

/** What a connection that waits for events takes in the process that serves. */
async function weigh(served, scale) {
  const connections = scale(READERS);
  const { ports, key } = served;
  const open = (port, headers) =>
    Array.from({ length: connections }, () =>
      follow({ port, path: `/streams/${OPEN}/events`, headers, isBegun: (text) => text.includes("id: 1\n") }),
    );
  console.log(`\nmemory for each of ${connections} readers over loopback that wait`);
  for (const [name, port, headers] of [
    ["bare Hono", ports.bare, {}],
    ["ours", ports.ours, authorization(key)],
  ]) {
    for (const isCounted of [false, true]) {
      const before = await served.ask("memory");
      const readers = open(port, headers);
      await Promise.all(readers.map(({ began }) => began));
      const { heapUsed, rss } = await served.ask("memory");
      for (const { leave } of readers) leave();
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (!isCounted) continue;
      const [heapKb, rssKb] = [heapUsed - before.heapUsed, rss - before.rss].map((bytes) =>
        figure(bytes / connections / 1_000),
      );
      console.log(`  ${name.padEnd(30)} ${heapKb.padStart(8)} KB of heap ${rssKb.padStart(8)} KB of RSS`);
    }
  }
}

const BUNDLES = {
  "the client": 'export { createClient } from "@salesagent/client";',
  "with runView": 'export { createClient, runView } from "@salesagent/client";',
  "with the React hook, without React":
    'export { createClient } from "@salesagent/client"; export { useRun } from "@salesagent/client/react";',
};

async function weighBundles() {
  console.log("\nwhat the client adds to a page, minified and gzipped");
  for (const [name, code] of Object.entries(BUNDLES)) {
    const { gzipBytes } = await bundle(code);
    console.log(`  ${name.padEnd(40)} ${(gzipBytes / 1_000).toFixed(2)} KB`);
  }
}

/**
 * @param {{ rounds?: number, quick?: boolean }} options - Samples of each contender, interleaved; a first round, uncounted,
 * warms up. Quick only tries the benchmark.
 * @returns Samples by group and contender, in microseconds a request or event.
 */
export async function run({ rounds = 5, quick = false } = {}) {
  const scale = (count) => (quick ? Math.ceil(count / 50) : count);
  const served = await startServing();
  try {
    console.log(`${await versionOf("hono")} · ${await versionOf("zod")}`);
    await weighBundles();
    await weigh(served, scale);
    const bench = await openBench();
    return await measureGroups(
      {
        ...groupsInProcess(bench, scale),
        ...groupsOverLoopback(served, scale),
        "to the first event of a stream, over loopback (CPU of the server)": firstEvents(served, scale),
        [`an event for each of ${scale(READERS)} readers, in a process`]: fanOutInProcess(bench, scale),
        [`an event for each of ${scale(CONNECTIONS)} connections, over loopback (CPU of the server)`]:
          fanOutOverLoopback(served, scale),
      },
      rounds,
    );
  } finally {
    await served.close();
  }
}

async function versionOf(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${JSON.parse(await readFile(manifest, "utf8")).version}`;
}
