import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { need } from "./request-errors.js";
import { route } from "./route.js";
import { create, json, lead, shared } from "./testing/lead-routes.js";
import { MEMBER, openTable, settle } from "./testing/open-table.js";

const failing = (error: unknown) =>
  route({
    ...shared,
    ...{ method: "GET", path: "/fails", summary: "Fails" },
    handler: async () => {
      throw error;
    },
  });

describe("a request", () => {
  it("reaches its handler with what was asked for, in its types", async () => {
    const { ask } = openTable([lead]);
    const response = await ask("/leads/a%2Fb?limit=7");
    expect([response.status, await response.json()]).toEqual([200, { id: "a/b", limit: 7, by: "user:1" }]);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it.each([
    ["/leads/1?limit=11", ["query.limit"]],
    ["/leads/1?limit=x&more=1", ["query.limit", "query.more"]],
    ["/leads/1?limit=1&limit=2", ["query.limit"]],
    ["/leads/1?__proto__=1", ["query.__proto__"]],
    [`/leads/${"x".repeat(21)}`, ["params.id"]],
  ])("is refused for %s with the places that are wrong", async (path, places) => {
    const response = await openTable([lead]).ask(path);
    const problem = (await response.json()) as { issues: { path: string }[] };
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(problem).toMatchObject({
      code: "request.invalid",
      status: 400,
      type: "urn:salesagent:error:request.invalid",
    });
    expect(problem.issues.map((issue) => issue.path)).toEqual(places);
  });

  it.each([
    [{ company: "" }, "body.company"],
    [{ company: "Figma", size: { min: "1" } }, "body.size.min"],
    [{ company: "Figma", id: 1 }, "body.id"],
    ["{", "body"],
    ["", "body"],
    ["null", "body"],
  ])("is refused for the body %j, naming %s", async (body, place) => {
    const response = await openTable([create]).ask("/leads", json(body));
    expect(response.status).toBe(400);
    expect(((await response.json()) as { issues: { path: string }[] }).issues[0]?.path).toBe(place);
  });

  it("is refused for a body of another type, so that no form of another site is one", async () => {
    const response = await openTable([create]).ask(
      "/leads",
      json({ company: "Figma" }, { "content-type": "text/plain" }),
    );
    expect(await response.json()).toMatchObject({ status: 400, issues: [{ path: "headers.content-type" }] });
  });

  it("has an id: the caller's own where it has a sound one", async () => {
    const { ask } = openTable([lead]);
    const named = await ask("/leads/1", { headers: { "x-request-id": "abc-1" } });
    const odd = await ask("/leads/1", { headers: { "x-request-id": "a b" } });
    expect(named.headers.get("x-request-id")).toBe("abc-1");
    expect(odd.headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
    const problem = await ask("/leads/1?x=1", { headers: { "x-request-id": "abc-2" } });
    expect(await problem.json()).toMatchObject({ instance: "abc-2" });
  });

  it("for a path that there is not, or with another method, is told so", async () => {
    const { ask } = openTable([lead, create]);
    const nowhere = await ask("/nowhere");
    expect([nowhere.status, await nowhere.json()]).toMatchObject([404, { code: "request.unknown_route" }]);
    const other = await ask("/leads/1", { method: "DELETE" });
    expect([other.status, other.headers.get("allow")]).toEqual([405, "GET"]);
  });

  it("is found below the prefix, and only there", async () => {
    const { ask } = openTable([lead], { prefix: "/sales/" });
    expect([(await ask("/sales/leads/1")).status, (await ask("/leads/1")).status]).toEqual([200, 404]);
  });

  it("by HEAD has the headers alone, and lets go of what it does not send", async () => {
    let cancelled = false;
    const stream = route({
      ...shared,
      ...{ method: "GET", path: "/stream", summary: "Streams" },
      handler: async () =>
        new Response(
          new ReadableStream({
            cancel: () => {
              cancelled = true;
            },
          }),
        ),
    });
    const response = await openTable([stream]).ask("/stream", { method: "HEAD" });
    expect([response.status, await response.text(), cancelled]).toEqual([200, "", true]);
  });

  it("goes to the route with the fixed path, wherever it stands in the table", async () => {
    const fixed = route({
      ...shared,
      ...{ method: "GET", path: "/leads/best", summary: "Best" },
      handler: async () => "best",
    });
    expect(await (await openTable([lead, fixed]).ask("/leads/best")).json()).toBe("best");
  });
});

describe("one route by itself", () => {
  it("answers wherever the host mounts it, by the same rules", async () => {
    const { server } = openTable([lead, create], { prefix: "/sales" });
    const handler = server.handler("GET /leads/{id}");
    const at = (as: string) =>
      new Request("https://app.example.com/api/any/where?limit=3", { headers: { "x-as": as } });
    const answer = await handler(at(MEMBER), { id: "7" });
    expect(await answer.json()).toEqual({ id: "7", limit: 3, by: "user:1" });
    expect((await handler(at(""), { id: "7" })).status).toBe(401);
    expect(await (await handler(at(MEMBER))).json()).toMatchObject({ issues: [{ path: "params.id" }] });
  });

  it("that there is not is told when it is asked for", () => {
    expect(() => openTable([lead]).server.handler("GET /nowhere")).toThrow("GET /nowhere");
  });
});

describe("a handler", () => {
  it("that takes too long is told to stop, and is not waited for", async () => {
    let told: AbortSignal | undefined;
    const slow = route({
      ...shared,
      ...{ method: "GET", path: "/slow", summary: "Slow" },
      handler: ({ signal }) => {
        told = signal;
        return new Promise(() => {});
      },
    });
    const { ask, clock } = openTable([slow], { limits: { handlerMs: 5_000 } });
    const answer = ask("/slow");
    await settle();
    clock.advance(5_000);
    expect([(await answer).status, told?.aborted]).toEqual([504, true]);
  });

  it("whose caller leaves is told so, and nothing is taken for a failure", async () => {
    const leaving = new AbortController();
    let told: AbortSignal | undefined;
    const slow = route({
      ...shared,
      ...{ method: "GET", path: "/slow", summary: "Slow" },
      handler: ({ signal }) => {
        told = signal;
        return new Promise(() => {});
      },
    });
    const { ask, faults, clock } = openTable([slow]);
    const answer = ask("/slow", { signal: leaving.signal });
    await settle();
    leaving.abort();
    await answer;
    expect([told?.aborted, faults, clock.pendingTimers]).toEqual([true, [], 0]);
  });

  it("that fails in its own way tells the host, and the caller nothing", async () => {
    const { ask, faults } = openTable([failing(new TypeError("secret sk-123 of tenant globex"))]);
    const response = await ask("/fails", { headers: { "x-request-id": "r9" } });
    expect([response.status, await response.json()]).toEqual([
      500,
      {
        type: "urn:salesagent:error:internal",
        title: "Something failed here",
        status: 500,
        code: "internal",
        instance: "r9",
      },
    ]);
    expect(faults).toHaveLength(1);
  });

  it("that fails by the family is told by its code's status", async () => {
    const stale = new SalesAgentError("store.stale_revision", {
      message: "Somebody wrote meanwhile.",
      facts: { store: "leads", id: "1", current: "r2" },
      replay: "safe",
    });
    const { ask, faults } = openTable([failing(stale)], { errorDocs: "https://docs.example.com/errors#" });
    expect(await (await ask("/fails")).json()).toMatchObject({
      status: 409,
      type: "https://docs.example.com/errors#store.stale_revision",
      detail: "Somebody wrote meanwhile.",
    });
    expect(faults).toEqual([]);
  });

  it("that finds nothing is a 404", async () => {
    const none = route({
      ...shared,
      ...{ method: "GET", path: "/none", summary: "None" },
      handler: () => need(Promise.resolve(undefined), "lead", "1"),
    });
    expect(await (await openTable([none]).ask("/none")).json()).toMatchObject({
      status: 404,
      code: "store.not_found",
    });
  });

  it("that says nothing is a 204", async () => {
    const silent = route({
      ...shared,
      ...{ method: "DELETE", path: "/silent", summary: "Silent" },
      handler: async () => undefined,
    });
    expect((await openTable([silent]).ask("/silent", { method: "DELETE" })).status).toBe(204);
  });
});
