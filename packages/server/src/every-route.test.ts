import { exampleProfile, QualificationAgent } from "@salesagent/agents";
import { defineAgent } from "@salesagent/core";
import { isAllowed, ROLES } from "@salesagent/core/access";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { describe, expect, it } from "vitest";
import type { Route } from "./route.js";
import { allRoutes } from "./routes/index.js";
import { openSales, STRANGER } from "./testing/open-sales.js";

/** In all that a tenant has; what a request itself names of it is not, since a refusal may repeat that. */
const MARK = "CANARY";
const THREAD = "thread-of-acme";
const WORKFLOW = "workflow-of-acme";
const writer = () =>
  defineAgent({
    name: "writer",
    instructions: "Write.",
    model: scriptedModel(Array.from({ length: 40 }, () => ({ text: "Hi." }))),
  });
const routes = allRoutes();
const nameOf = ({ method, path }: Route) => `${method} ${path}`;

const open = () =>
  openSales({ app: { agents: [writer(), new QualificationAgent({ profile: exampleProfile })] } });

/** A path with its parameters filled in. */
const filled = (path: string, values: Readonly<Record<string, string>>) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? "x"));

async function codeOf(response: Response): Promise<string | undefined> {
  if (response.ok || !response.headers.get("content-type")?.includes("problem")) {
    await response.body?.cancel();
    return undefined;
  }
  return ((await response.json()) as { readonly code: string }).code;
}

describe("every route", () => {
  const app = open();
  const ask = ({ method, path }: Route, as: string) =>
    app.soon(app.ask(filled(path, {}), { as, method }).then(codeOf));

  it.each(
    routes
      .filter(({ permission }) => permission !== "public")
      .map((route) => [nameOf(route), route] as const),
  )(
    "%s is refused to nobody, to each role that lacks its permission and to scopes without it, and to no other",
    async (_, route) => {
      const { permission } = route;
      if (permission === "public") return;
      expect(await ask(route, "")).toBe("access.unauthenticated");
      expect(await ask(route, "acme/key:1/owner/")).not.toBe("access.unauthenticated");
      const other = permission === "leads:read" ? "runs:read" : "leads:read";
      expect(await ask(route, `acme/key:1/owner/${other}`)).toBe("access.denied");
      for (const role of ROLES) {
        const refused = (await ask(route, `acme/user:1/${role}`)) === "access.denied";
        expect([role, refused]).toEqual([role, !isAllowed({ role }, permission)]);
      }
    },
  );

  it("that was refused is on record with the permission that was lacking", async () => {
    const own = open();
    const denied = routes.filter(
      ({ permission }) => permission !== "public" && !isAllowed({ role: "viewer" }, permission),
    );
    for (const { method, path } of denied)
      await own.soon(own.ask(filled(path, {}), { as: "acme/user:7/viewer", method }).then(codeOf));
    await own.soon(own.server[Symbol.asyncDispose]());
    const { items } = await own.storage
      .tenant("acme")
      .audit.list({ action: "request-refused" }, { limit: 1_000 });
    expect(items.map(({ subject, facts }) => [subject, facts["permission"]])).toEqual(
      denied.map((route) => [`route:${nameOf(route)}`, route.permission]),
    );
    expect(items.every(({ actor }) => actor === "user:7")).toBe(true);
  });
});

/** A tenant with something of everything, all of it marked. */
async function markedWorld() {
  const app = open();
  const draft = { company: { name: MARK, provenance: {} }, source: MARK, keys: [`domain:${MARK}.com`] };
  const stores = app.storage.tenant("acme");
  const [lead] = await stores.leads.insertMany([draft]);
  const run = await app.soon(
    app.sales.runs.start("acme", {
      agent: "writer",
      input: MARK,
      threadId: THREAD,
      by: `user:${MARK}`,
    }),
  );
  await app.soon(app.sales.runs.result("acme", run.id));
  await app.sales.streams.open("acme", {
    id: "stream-of-acme",
    source: "agent:writer",
    threadId: THREAD,
  });
  const now = new Date(app.clock.now()).toISOString();
  const approval = await app.sales.approvals.request({
    ...{ tenant: "acme", id: "approval-of-acme", agent: MARK, tool: MARK, runId: run.id, callId: "c" },
    arguments: { to: MARK },
    expiresAt: new Date(app.clock.now() + 3_600_000).toISOString(),
  });
  const key = await app.sales.apiKeys.issue("acme", { name: MARK, role: "owner", by: `user:${MARK}` });
  const definition = {
    ...{ name: WORKFLOW, version: "1", start: "end", input: { type: "object" }, edges: [] },
    nodes: [{ id: "end", kind: "end", output: { mark: { value: MARK } } }],
  };
  await app.sales.workflows.save(definition, { tenant: "acme", by: `user:${MARK}`, activate: true });
  const flow = await app.soon(
    app.sales.runs.startWorkflow("acme", { workflow: WORKFLOW, input: {}, by: "user:1" }),
  );
  await app.soon(app.sales.runs.result("acme", flow.id));
  await stores.usage.addMany([
    {
      ...{
        day: now.slice(0, 10),
        agent: MARK,
        provider: MARK,
        modelId: MARK,
        calls: 1,
        failedCalls: 0,
        inputTokens: 1,
      },
      ...{ cachedInputTokens: 0, outputTokens: 1, reasoningTokens: 0, costNanoUsd: 1, unpricedCalls: 0 },
    },
  ]);
  app.world.create({ kind: "contact", fields: { firstName: MARK, email: `${MARK}@example.com` } });
  await app.soon(Promise.resolve(app.sales.sync?.tenant("acme").run("close").result()));
  return {
    ...app,
    ids: { lead: lead?.id ?? "", run: run.id, approval: approval.id, key: key.record.id, flow: flow.id },
  };
}

type World = Awaited<ReturnType<typeof markedWorld>>;

/** What a route's parameters are filled with: something of acme, or nothing that there is. */
function valuesOf(path: string, ids: World["ids"] | undefined): Record<string, string> {
  const none = "none-0";
  const known: [RegExp, string | undefined][] = [
    [/^\/leads/, ids?.lead],
    [/^\/approvals/, ids?.approval],
    [/^\/keys/, ids?.key],
    [/^\/workflow-runs/, ids?.flow],
    [/^\/chat/, ids && THREAD],
  ];
  const id =
    known.find(([pattern]) => pattern.test(path))?.[1] ??
    (known.some(([pattern]) => pattern.test(path)) ? none : (ids?.run ?? none));

  return {
    id,
    agent: "writer",
    thread: ids ? THREAD : none,
    connection: "close",
    tenant: "acme",
    name: ids ? WORKFLOW : none,
    version: "1",
    event: "x",
  };
}

/** Bodies that reach the handler, and name what there is of acme where they can. */
function bodyOf(path: string, ids: World["ids"] | undefined): unknown {
  const leadId = ids?.lead ?? "none-0";
  const bodies: Record<string, unknown> = {
    "/leads/qualify": { leadId },
    "/agents/{agent}/invoke": { leadId },
    "/agents/{agent}/stream": { leadId },
    "/streams": { agent: "writer", leadId },
    "/approvals/{id}": { decision: "approved" },
    "/runs/{id}/resume": { answer: 1 },
    "/chat/{agent}": {
      id: ids ? THREAD : "none-0",
      messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }],
    },
  };
  return bodies[path] ?? {};
}

describe("another tenant's owner", () => {
  it("is told of nothing by any route, nor whether it is there, and changes nothing", async () => {
    const world = await markedWorld();
    const told = async (route: Route, ids: World["ids"] | undefined) => {
      const { method, path } = route;
      const asked = { as: STRANGER, method, ...(method === "POST" && { json: bodyOf(path, ids) }) };
      const response = await world.soon(world.ask(filled(path, valuesOf(path, ids)), asked));
      const text = await world.soon(response.text());
      return { status: `${response.status} ${/"code":"([a-z._]+)"/.exec(text)?.[1] ?? ""}`, text };
    };
    const leaking: unknown[] = [];
    // The stranger's own trail comes first: it will have what the stranger asked for.
    const trail = routes.filter(({ path }) => path === "/audit");
    for (const route of [...trail, ...routes.filter(({ path }) => path !== "/audit")]) {
      const theirs = await told(route, world.ids);
      const nobodys = await told(route, undefined);
      expect([nameOf(route), theirs.status]).toEqual([nameOf(route), nobodys.status]);
      const asked = JSON.stringify([valuesOf(route.path, world.ids), bodyOf(route.path, world.ids)]);
      const marks = [MARK, THREAD, WORKFLOW, ...Object.values(world.ids)].filter(
        (mark) => !asked.includes(mark),
      );
      if (marks.some((mark) => theirs.text.includes(mark))) leaking.push([nameOf(route), theirs.text]);
    }
    expect(leaking).toEqual([]);
    const stores = world.storage.tenant("acme");
    expect(await stores.leads.count()).toBe(1);
    expect((await stores.results.list()).items).toEqual([]);
    expect(await world.sales.approvals.get(world.ids.approval, { tenant: "acme" })).toMatchObject({
      status: "pending",
    });
    expect((await stores.apiKeys.get(world.ids.key))?.revokedAt).toBeUndefined();
    expect(await world.soon(world.sales.runs.get("acme", world.ids.run))).toMatchObject({
      status: "completed",
    });
    expect(await stores.streams.get("stream-of-acme")).not.toHaveProperty("stop");
    expect(world.faults).toEqual([]);
  });

  it("would be told, were it of this tenant: the marks are there to be found", async () => {
    const world = await markedWorld();
    const seen = [];
    for (const route of routes.filter(({ method }) => method === "GET")) {
      const path = filled(route.path, valuesOf(route.path, world.ids));
      if (/events$|socket$|stream$/.test(path)) continue;
      const response = await world.soon(world.ask(path, { method: "GET" }));
      if ((await world.soon(response.text())).includes(MARK)) seen.push(route.path);
    }
    expect(seen).toEqual(
      expect.arrayContaining([
        "/leads",
        "/leads/{id}",
        "/runs/{id}",
        "/approvals",
        "/keys",
        "/workflows",
        "/usage",
        "/streams",
      ]),
    );
  });
});
