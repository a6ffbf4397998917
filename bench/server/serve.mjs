/**
 * A process that serves what is measured over loopback, and tells what it takes: our routes, the bare Hono on the same mount, and on
 * Hono's own where it is installed.
 */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { requestListener } from "../../packages/server/dist/node/index.js";
import { openBench } from "./app.mjs";

const bench = await openBench();
const listeners = {
  ours: requestListener(bench.ours),
  bare: requestListener({ ...bench.bare, scope: bench.ours.scope }),
  bareOnItsOwn: ownMount(bench.bare.fetch),
};
const ports = {};
for (const [name, listener] of Object.entries(listeners)) {
  if (listener) ports[name] = await listen(listener);
}

const answers = {
  open: () => ({ ports, key: bench.key }),
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  memory() {
    global.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    return { heapUsed, rss };
  },
  openStream: ({ id }) => bench.openStream(id),
  tellAll: ({ id, events }) =>
    id === undefined ? bench.bare.broadcast.tellAll(events) : bench.tellAll(id, events),
};
process.on("message", async ({ ask, id, given }) => {
  const answer = await answers[ask](given);
  process.send({ id, answer });
});
process.once("disconnect", () => process.exit());
process.send({ id: 0 });

/** The mount that Hono has for Node, as another package of the tree brings it. */
function ownMount(fetch) {
  try {
    return createRequire(import.meta.url)("@hono/node-server").getRequestListener(fetch);
  } catch {
    return undefined;
  }
}

async function listen(listener) {
  const http = createServer(listener);
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return http.address().port;
}
