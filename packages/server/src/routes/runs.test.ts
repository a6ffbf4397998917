import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AppOptions, openApp } from "../testing/open-app.js";
import { SseReader } from "../testing/read-sse.js";
import { salesAgents } from "../testing/sales-agents.js";
import { agentRoutes } from "./agents.js";
import { traceSchema } from "./run-trace.js";
import { runPageSchema, runResultSchema, runRoutes, runSchema } from "./runs.js";
import { streamRoutes } from "./streams.js";

const routes = [...agentRoutes, ...runRoutes, ...streamRoutes];
const STRANGER = "globex/user:1/owner";

/** Whether an answer has the shape that the document tells of. */
const fits = (schema: z.ZodType, body: unknown) =>
  expect(z.safeParse(schema, body).error?.issues).toBeUndefined();

function setUp(options: AppOptions = {}) {
  const sent: string[] = [];
  const script = [{ text: ["Hello, ", "Ada."] }, { text: "Again." }];
  return { sent, ...openApp(routes, { agents: salesAgents(script, sent), ...options }) };
}

async function eventsOf(app: ReturnType<typeof setUp>, id: string, as?: string) {
  const response = await app.ask("GET", `/streams/${id}/events`, { as });
  return app.soon(new SseReader(response).rest());
}

describe("agents", () => {
  it("are listed with what they take and give, and their tools", async () => {
    const { json } = setUp();
    const { body } = await json("GET", "/agents");
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(["writer", "mailer", "silent"]);
    expect(body.items[1]).toMatchObject({
      output: { type: "string" },
      tools: [{ name: "mail", effect: "write" }],
    });
  });

  it("are invoked, and what they come to is told", async () => {
    const { json } = setUp();
    const { status, body } = await json("POST", "/agents/writer/invoke", { json: { input: "greet" } });
    expect(status).toBe(200);
    fits(runResultSchema, body);
    expect(body).toMatchObject({ status: "completed", output: "Hello, Ada." });
  });

  it("that take longer than the wait go on, and are found by their id", async () => {
    const { json } = setUp();
    const { status, body } = await json("POST", "/agents/silent/invoke", { json: { input: 1, waitMs: 100 } });
    expect([status, body.status]).toEqual([202, "running"]);
    expect((await json("GET", `/runs/${body.id}`)).body).toMatchObject({ status: "running", name: "silent" });
  });

  it("are told as they work, in one answer", async () => {
    const app = setUp();
    const response = await app.soon(app.ask("POST", "/agents/writer/stream", { json: { input: "greet" } }));
    const told = await app.soon(new SseReader(response).rest());
    expect(told.map(({ event }) => event)).toEqual([
      ...["run-started", "step-started", "start", "text-delta", "finish", "run-completed", "end"],
    ]);
    expect(told.at(-1)?.data).toEqual({ status: "completed" });
    const id = response.headers.get("x-run-id");
    expect(response.headers.get("location")).toBe(`/streams/${id}`);
    expect(await eventsOf(app, id ?? "")).toEqual(told);
  });

  it.each(["invoke", "stream"])("that there are not can't be asked to %s", async (verb) => {
    const { json } = setUp();
    expect(await json("POST", `/agents/nobody/${verb}`, { json: { input: 1 } })).toMatchObject({
      ...{ status: 404, body: { code: "agent.unknown", facts: { known: ["writer", "mailer", "silent"] } } },
    });
  });

  it("are not begun once the tenant's quota is used up; another tenant's are", async () => {
    const { json } = setUp({ quotas: { name: "starter", tasks: 1 } });
    const start = async (path: string, sent: object, as?: string) =>
      (await json("POST", path, { json: sent, as })).status;
    expect(await start("/agents/writer/invoke", { input: 1 })).toBe(200);
    expect(await start("/agents/writer/invoke", { input: 1 })).toBe(402);
    expect(await start("/streams", { agent: "writer", input: 1 })).toBe(402);
    expect(await start("/streams", { agent: "writer", input: 1 }, STRANGER)).toBe(201);
  });

  it("work on a stored lead where only that is named, and on none of another tenant", async () => {
    const { json, storage, ...app } = setUp();
    const draft = { company: { name: "Figma", provenance: {} }, source: "test", keys: ["domain:figma.com"] };
    const [stored] = await storage.tenant("acme").leads.insertMany([draft]);
    const leadId = stored?.id;
    const mine = await json("POST", "/streams", { json: { agent: "writer", leadId } });
    expect(mine.status).toBe(201);
    expect((await app.soon(app.sales.runs.get("acme", mine.body.id)))?.input).toMatchObject({
      company: { name: "Figma" },
    });
    expect((await json("POST", "/streams", { json: { agent: "writer", leadId }, as: STRANGER })).status).toBe(
      404,
    );
    const nothing = await json("POST", "/streams", { json: { agent: "writer" } });
    expect(nothing.body.issues).toMatchObject([{ path: "body.input" }]);
  });
});

describe("threads", () => {
  it("have their latest run and their runs, of this agent and this tenant", async () => {
    const { json } = setUp();
    for (const input of ["one", "two"])
      await json("POST", "/agents/writer/invoke", { json: { input, threadId: "t/1" } });
    const state = await json("GET", "/agents/writer/threads/t%2F1");
    expect(state).toMatchObject({
      status: 200,
      body: { threadId: "t/1", run: { name: "writer", status: "completed" } },
    });
    const history = await json("GET", "/agents/writer/threads/t%2F1/history");
    fits(runPageSchema, history.body);
    expect(history.body.items).toHaveLength(2);
    expect((await json("GET", "/agents/mailer/threads/t%2F1")).status).toBe(404);
    expect((await json("GET", "/agents/writer/threads/t%2F1", { as: STRANGER })).status).toBe(404);
    expect((await json("GET", "/agents/writer/threads/t%2F1/history", { as: STRANGER })).body.items).toEqual(
      [],
    );
  });
});

describe("runs", () => {
  it("are started, listed by filter and told of with what they did", async () => {
    const app = setUp();
    const { status, body } = await app.json("POST", "/streams", {
      json: { agent: "writer", input: "greet", threadId: "t1", leadId: "lead-1" },
    });
    expect(status).toBe(201);
    await eventsOf(app, body.id);
    const run = await app.json("GET", `/runs/${body.id}`);
    fits(runSchema, run.body);
    expect(run.body).toMatchObject({
      status: "completed",
      startedBy: "user:1",
      output: "Hello, Ada.",
      costUsd: expect.any(Number),
    });
    const trace = await app.json("GET", `/runs/${body.id}/trace`);
    fits(traceSchema, trace.body);
    expect(trace.body.runs).toMatchObject([
      { agent: "writer", steps: [{ kind: "model" }], modelCalls: [{ outcome: "completed" }] },
    ]);
    const listed = await app.json("GET", "/runs?agent=writer&status=completed&threadId=t1");
    fits(runPageSchema, listed.body);
    const { costUsd } = run.body;
    expect(listed.body.items).toMatchObject([{ id: body.id, leadId: "lead-1", costUsd }]);
    expect((await app.json("GET", "/runs?status=failed")).body.items).toEqual([]);
  });

  it("that agents made by themselves are told of too", async () => {
    const { json, storage, clock } = setUp();
    const startedAt = new Date(clock.now()).toISOString();
    const record = {
      id: "r1",
      agent: "writer",
      status: "completed" as const,
      input: 1,
      output: 2,
      startedAt,
    };
    await storage.tenant("acme").runs.create(record);
    const { body } = await json("GET", "/runs/r1");
    fits(runSchema, body);
    expect(body).toMatchObject({ id: "r1", name: "writer", output: 2, runIds: ["r1"] });
    expect((await json("GET", "/runs/r1/trace")).body.runs).toMatchObject([{ id: "r1", steps: [] }]);
  });

  it.each(["/runs/{id}/cancel", "/streams/{id}/stop"])(
    "end by %s, with who asked on record",
    async (path) => {
      const app = setUp();
      const { body } = await app.json("POST", "/streams", { json: { agent: "silent", input: 1 } });
      const asked = await app.json("POST", path.replace("{id}", body.id), { json: { reason: "enough" } });
      expect(asked).toEqual({ status: 202, body: { stopping: true } });
      expect((await eventsOf(app, body.id)).at(-1)).toMatchObject({
        event: "end",
        data: { status: "cancelled" },
      });
      expect((await app.json("GET", `/runs/${body.id}`)).body).toMatchObject({
        ...{ status: "cancelled", stop: { by: "user:1", reason: "enough" } },
      });
      expect((await app.json("POST", path.replace("{id}", body.id), { json: {} })).body).toEqual({
        stopping: false,
      });
    },
  );

  it("that nobody reads any more go on to their end", async () => {
    const app = setUp();
    const { body } = await app.json("POST", "/streams", { json: { agent: "writer", input: "greet" } });
    const reader = new SseReader(await app.ask("GET", `/streams/${body.id}/events`));
    await app.soon(reader.next());
    await reader.leave();
    expect(await app.soon(app.sales.runs.result("acme", body.id))).toMatchObject({ status: "completed" });
  });

  it("of another tenant are as if there were none, whatever is asked of them", async () => {
    const app = setUp();
    const { body } = await app.json("POST", "/streams", { json: { agent: "writer", input: "greet" } });
    const asks: [string, string, object?][] = [
      ["GET", "/runs/{id}"],
      ["GET", "/runs/{id}/trace"],
      ["POST", "/runs/{id}/cancel", {}],
      ["POST", "/runs/{id}/resume", { answer: 1 }],
      ["POST", "/runs/{id}/retry"],
      ["GET", "/streams/{id}"],
      ["GET", "/streams/{id}/events"],
      ["POST", "/streams/{id}/stop", {}],
    ];
    for (const [method, path, json] of asks) {
      const asked = { as: STRANGER, ...(json && { json }) };
      const theirs = await app.json(method, path.replace("{id}", body.id), asked);
      const nobodys = await app.json(method, path.replace("{id}", "none"), asked);
      expect([path, theirs.status]).toEqual([path, 404]);
      expect({ ...theirs.body, instance: "" }).toEqual({ ...nobodys.body, instance: "" });
    }
    expect(await app.soon(app.sales.runs.result("acme", body.id))).toMatchObject({ status: "completed" });
  });

  it("that have not failed can't be tried again, and those that wait for nothing not be answered", async () => {
    const app = setUp();
    const { body } = await app.json("POST", "/agents/writer/invoke", { json: { input: "greet" } });
    expect(await app.json("POST", `/runs/${body.id}/retry`)).toMatchObject({
      status: 409,
      body: { code: "flow.wrong_state" },
    });
    expect(await app.json("POST", `/runs/${body.id}/resume`, { json: { answer: 1 } })).toMatchObject({
      ...{ status: 400, body: { issues: [{ path: "body.name" }] } },
    });
  });
});
