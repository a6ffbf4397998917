/** A process of the suites of the server: its routes on a port over Postgres, and a worker of runs. */
import { apiKeys, createServer } from "@salesagent/server";
import { listen } from "@salesagent/server/node";
import { answerParent } from "./_child.mjs";
import { watchDead } from "./_dead-readers.mjs";
import { openApp } from "./_open-app.mjs";

const GAUGE_MS = 100;

/** @typedef {{ url: string, port?: number, steps?: number, paceMs?: number, leaseMs: number, heartbeatMs: number, concurrency: number }} ServeTask */

/** @param {ServeTask} task */
async function serve({ port = 0, heartbeatMs, ...app }) {
  /** How often each failure was told. @type {Record<string, number>} */
  const errors = {};
  const onError = (/** @type {any} */ error) => {
    const name = String(error?.code ?? error).slice(0, 80);
    errors[name] = (errors[name] ?? 0) + 1;
  };
  const { sales } = openApp({ ...app, onError });
  const many = 10_000_000;
  const limits = { heartbeatMs, requestsPerMinute: many, streamsPerPrincipal: 1_000_000 };
  const server = createServer({ sales, authorize: apiKeys(sales), limits, onError });
  const { url, http } = await listen({ port, sockets: false }, server);
  const dead = watchDead(http);
  let peakHeapBytes = 0;
  setInterval(() => {
    peakHeapBytes = Math.max(peakHeapBytes, process.memoryUsage().heapUsed);
  }, GAUGE_MS).unref();
  const figures = async () => {
    global.gc?.();
    const { heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    /** @type {number} */
    const sockets = await new Promise((resolve) => http.getConnections((_, count) => resolve(count)));
    const { readers, tails } = sales.streams.counts();
    const memory = { heapBytes: heapUsed, peakHeapBytes };
    return { ...memory, readers, tails, sockets, errors, cpuMs: (user + system) / 1_000, ...dead.figures() };
  };
  return { url, sales, figures };
}

/** @type {ReturnType<typeof serve> | undefined} */
let served;

answerParent({
  /** @param {ServeTask} task */
  async serve(task) {
    served = serve(task);
    return (await served).url;
  },
  async work() {
    await (await served)?.sales.work();
  },
  figures: async () => (await served)?.figures(),
});
