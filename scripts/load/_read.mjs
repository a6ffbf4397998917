/** A process of the suites of the server: readers over HTTP, with the client of the package, whose connections break at random. */
import { setMaxListeners } from "node:events";
import { createClient } from "@salesagent/client";
import { createChoices } from "../workspace/random.mjs";
import { answerParent } from "./_child.mjs";
import { readToEnd } from "./_reader.mjs";
import { faultsOfCount, faultsOfSteps } from "./_talk.mjs";
import { overHttp } from "./_transports.mjs";

/**
 * @typedef {{ urls: readonly string[], key: string, streamIds: readonly string[], readers: number, seed: number, leaveShare: number,
 *   tearAfterMs: number, wanted: { kind: "count" | "steps", count: number } }} ReadTask `tearAfterMs`: how long a connection lives on average.
 */

/** Stands for the address of a balancer. */
const BALANCED = "http://balanced";

const faultsOf = { count: faultsOfCount, steps: faultsOfSteps };

/** Tears connections at random, from a moment on. */
class Tearing {
  /** @type {(() => void)[] | undefined} */
  #waiting = [];

  /** @param {() => void} tear */
  add(tear) {
    if (this.#waiting) this.#waiting.push(tear);
    else tear();
  }

  begin() {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const tear of waiting ?? []) tear();
  }
}

/**
 * A `fetch` that goes to each server in turn, as behind a balancer that knows of nobody's end.
 *
 * @param {readonly string[]} urls
 * @param {number} first
 * @param {(torn: AbortController) => void} onOpen
 * @returns {typeof fetch}
 */
function balancedFetch(urls, first, onOpen) {
  let turn = first;
  return async (input, init) => {
    const url = String(input).replace(BALANCED, urls[turn++ % urls.length] ?? "");
    const torn = new AbortController();
    const signal = init?.signal ? AbortSignal.any([init.signal, torn.signal]) : torn.signal;
    const response = await fetch(url, { ...init, signal });
    onOpen(torn);
    return response;
  };
}

/**
 * @param {ReadTask} task
 * @param {number} index
 * @param {(torn: AbortController) => void} [onOpen]
 */
function clientOf({ urls, key }, index, onOpen = () => {}) {
  const headers = { authorization: `Bearer ${key}` };
  return createClient({ url: BALANCED, headers, fetch: balancedFetch(urls, index, onOpen) });
}

/** Readers that wait at the end of quiet streams, for what they weigh. @param {ReadTask} task @param {AbortSignal} signal */
async function hold(task, signal) {
  await Promise.all(
    Array.from({ length: task.readers }, (_, index) => {
      const client = clientOf(task, index);
      const id = task.streamIds[index % task.streamIds.length] ?? "";
      return new Promise((resolve) => {
        const onConnection = (/** @type {{ status: string }} */ { status }) =>
          status === "open" && resolve(undefined);
        void client.streams
          .follow(id, { signal, onConnection })
          .next()
          .catch(() => {});
      });
    }),
  );
}

/** @param {readonly { type: string, atMs: number }[]} heard */
function gapsOf(heard) {
  return heard.flatMap(({ type, atMs }, index) => {
    const before = heard[index - 1];
    return type === "run-resumed" && before ? [atMs - before.atMs] : [];
  });
}

/** @param {ReadTask} task */
function readAll(task) {
  const { streamIds, readers, seed, leaveShare, tearAfterMs, wanted } = task;
  const tearing = new Tearing();
  const figures = { delivered: 0, returns: 0, lost: 0, resumed: 0, peakHeapBytes: 0 };
  /** @type {number[]} */
  const gaps = [];
  let open = 0;
  let allOpen = () => {};
  /** @type {Promise<void>} */
  const connected = new Promise((resolve) => {
    allOpen = resolve;
  });
  const reads = Array.from({ length: readers }, async (_, index) => {
    const id = streamIds[index % streamIds.length] ?? "";
    const choices = createChoices(seed * 10_007 + index);
    let isOpen = false;
    const client = clientOf(task, index, (torn) => {
      if (tearAfterMs === 0) return;
      const afterMs = -Math.log(1 - choices.below(1_000) / 1_000) * tearAfterMs;
      tearing.add(() => void setTimeout(() => torn.abort(new Error("torn")), afterMs).unref());
    });
    const transport = overHttp(client, ({ status }) => {
      if (status === "waiting") figures.lost += 1;
      else if (!isOpen) {
        isOpen = true;
        open += 1;
        if (open === readers) allOpen();
      }
    });
    /** @type {{ type: string, atMs: number }[]} */
    const heard = [];
    const { events, returns } = await readToEnd(transport, id, {
      choices,
      leaveShare,
      onEvent({ type }) {
        figures.delivered += 1;
        if (type === "run-resumed") figures.resumed += 1;
        heard.push({ type, atMs: performance.now() });
      },
    });
    figures.returns += returns;
    gaps.push(...gapsOf(heard));
    return faultsOf[wanted.kind](events, wanted.count).map((fault) => `${id}: ${fault}`);
  });
  const done = Promise.all(reads).then((faults) => ({
    ...{ ...figures, gaps, faults: faults.flat() },
    failed: faults.filter(({ length }) => length > 0).length,
  }));
  done.catch(() => {}); // told to whoever asks for it
  return { connected: Promise.race([connected, done]).then(() => tearing.begin()), done };
}

/** @type {AbortController | undefined} */
let held;
/** @type {ReturnType<typeof readAll> | undefined} */
let reading;

answerParent({
  /** @param {ReadTask} task */
  hold(task) {
    held = new AbortController();
    setMaxListeners(0, held.signal);
    return hold(task, held.signal);
  },
  letGo() {
    held?.abort(new Error("weighed"));
  },
  /** Resolves when all are connected. @param {ReadTask} task */
  read(task) {
    reading = readAll(task);
    return reading.connected;
  },
  done: () => reading?.done,
});
