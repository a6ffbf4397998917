/** The app whose routes are measured, and the same answers by a bare Hono. */
import { createRequire } from "node:module";
import { createSalesAgent } from "../../packages/core/dist/app/index.js";
import { apiKeys, createServer } from "../../packages/server/dist/index.js";
import { memoryStorage } from "../../packages/storage-memory/dist/index.js";

/** As the server has it. */
const { Hono } = createRequire(new URL("../../packages/server/package.json", import.meta.url))("hono");
const { z } = createRequire(new URL("../../packages/server/package.json", import.meta.url))("zod");

const TENANT = "acme";
const LEADS = 200;
const PAGE = 50;
export const TOLD = "told";
export const OPEN = "open";
const MANY = 1_000_000;
const OWNER = { tenant: TENANT, id: "user:1", role: "owner" };

const reasonBody = z.strictObject({ reason: z.string().min(1).max(500) });
const encoder = new TextEncoder();
const SSE = { "content-type": "text/event-stream", "cache-control": "no-cache" };

const lead = (_, index) => ({
  company: {
    name: `Buyer ${index}`,
    domain: `buyer${index}.example`,
    industry: "Software",
    country: "DE",
    employees: 10 * index,
  },
  contact: {
    firstName: "Ada",
    lastName: `Byron ${index}`,
    email: `ada@buyer${index}.example`,
    title: "VP Sales",
  },
  source: "bench",
  custom: { notes: "Asked about prices at the fair.", score: index },
  keys: [`domain:buyer${index}.example`],
});

/** What is said in an event, about as long as a few words of a model. */
export const said = (index) => ({ type: "text-delta", data: { text: `and so we go on ${index}`, step: 1 } });

const frame = ({ seq, type, data }) => `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

/** @returns {Promise<any>} */
export async function openBench() {
  const storage = memoryStorage();
  const sales = createSalesAgent({ storage, durable: { work: "elsewhere" }, streams: { flushMs: 0 } });
  const stores = storage.tenant(TENANT);
  await stores.leads.insertMany(Array.from({ length: LEADS }, lead));
  const { key } = await sales.apiKeys.issue(TENANT, { name: "bench", role: "owner", by: "bench" });
  const { streams } = sales;
  await streams.open(TENANT, { id: OPEN, source: "bench" });
  await tell(streams, OPEN, 1);
  await streams.open(TENANT, { id: TOLD, source: "bench" });
  await tell(streams, TOLD, PAGE, { status: "completed" });
  const limits = { requestsPerMinute: 10_000_000, streamsPerPrincipal: MANY };
  const shared = { sales, limits };
  return {
    ...{ sales, key, stores },
    ours: createServer({ ...shared, authorize: apiKeys(sales) }),
    oursByHost: createServer({ ...shared, authorize: () => OWNER }),
    bare: bareHono({ sales, stores }),
    /** Opens a stream, for readers to come. */
    openStream: (id) => streams.open(TENANT, { id, source: "bench" }),
    /** Tells one event after the other, each by itself, and the end. */
    tellAll: (id, events) => tell(streams, id, events, { status: "completed" }),
  };
}

async function tell(streams, id, events, end) {
  const writer = await streams.writer(TENANT, id, { fence: 1 });
  for (let index = 0; index < events; index++) {
    await writer.write(said(index));
    await writer.flush();
  }
  if (end) await writer.end(end);
  else await writer.close();
}

/** Nothing but the answer: nobody is asked who they are, and nothing is checked. */
function bareHono({ sales, stores }) {
  const hono = new Hono();
  hono.get("/health", (context) => context.json({ status: "ok" }));
  hono.get("/leads", async (context) => context.json(await stores.leads.list({}, { limit: PAGE })));
  const stop = async (context, { reason }) => {
    const id = context.req.param("id");
    const stream = await sales.streams.get(TENANT, id);
    const stopping =
      stream &&
      ((await sales.runs.cancel(TENANT, id, { by: "user:1", reason })) ||
        (await sales.streams.stop(TENANT, id, { by: "user:1", reason })));
    return context.json({ stopping }, 202);
  };
  hono.post("/streams/:id/stop", async (context) => stop(context, await context.req.json()));
  hono.post("/checked/streams/:id/stop", async (context) =>
    stop(context, reasonBody.parse(await context.req.json())),
  );
  hono.get("/streams/:id/events", async (context) => {
    const { record, events } = await stores.streams.read(context.req.param("id"), { limit: PAGE });
    if (record.status === "open") return new Response(openBody(events), { headers: SSE });
    const end = 'event: end\ndata: {"status":"completed"}\n\n';
    return new Response(events.map(frame).join("") + end, { headers: SSE });
  });
  const broadcast = createBroadcast();
  hono.get("/broadcast", () => new Response(broadcast.body(), { headers: SSE }));
  return { fetch: hono.fetch, broadcast };
}

const openBody = (events) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode(events.map(frame).join("")));
    },
  });

/** Gives the same bytes to all readers: the least that a fan-out in a process takes. */
function createBroadcast() {
  const controllers = new Set();
  return {
    body() {
      let own;
      return new ReadableStream({
        start(controller) {
          own = controller;
          controllers.add(controller);
        },
        cancel: () => void controllers.delete(own),
      });
    },
    async tellAll(events) {
      for (let index = 0; index < events; index++) {
        const bytes = encoder.encode(frame({ seq: index + 1, ...said(index) }));
        for (const controller of controllers) controller.enqueue(bytes);
        await new Promise(setImmediate);
      }
      const bytes = encoder.encode('event: end\ndata: {"status":"completed"}\n\n');
      for (const controller of controllers) {
        controller.enqueue(bytes);
        controller.close();
      }
      controllers.clear();
    },
  };
}
