import { describe, expect, it } from "vitest";
import { ClientError } from "./client-error.js";
import type { ClientOptions } from "./client-options.js";
import { createClient } from "./create-client.js";
import { manualClock } from "./testing/manual-clock.js";

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** A client whose server gives these answers, one after the other. */
function clientOf(answers: readonly (Response | Error)[], options: Partial<ClientOptions> = {}) {
  const asked: Asked[] = [];
  const rest = [...answers];
  const fetch = (async (url: string, init: RequestInit) => {
    const headers = Object.fromEntries(new Headers(init.headers));
    asked.push({ method: init.method ?? "", url, headers, body: init.body as string | undefined });
    const answer = rest.shift() ?? Response.json({});
    if (answer instanceof Error) throw answer;
    return answer;
  }) as typeof globalThis.fetch;
  return { client: createClient({ url: "https://app.example/sales/", fetch, ...options }), asked };
}

const problem = (status: number, body: object, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers: { "content-type": "application/problem+json", ...headers } });

describe("a client", () => {
  it("sends JSON with the headers of this moment", async () => {
    let token = 0;
    const headers = async () => ({ authorization: `Bearer ${++token}` });
    const { client, asked } = clientOf([Response.json({ id: "run-1" }, { status: 201 })], { headers });
    expect(await client.streams.start({ agent: "writer", leadId: "lead-1" })).toEqual({ id: "run-1" });
    await client.runs.get("run-1");
    expect(asked).toMatchObject([
      {
        method: "POST",
        url: "https://app.example/sales/streams",
        headers: { authorization: "Bearer 1", "content-type": "application/json" },
        body: '{"agent":"writer","leadId":"lead-1"}',
      },
      { method: "GET", headers: { authorization: "Bearer 2" }, body: undefined },
    ]);
  });

  it("reads a list page by page, and asks for a page when it is read", async () => {
    const { client, asked } = clientOf([
      Response.json({ items: [{ id: "1" }], next: "a&b" }),
      Response.json({ items: [{ id: "2" }] }),
    ]);
    const ids: string[] = [];
    for await (const page of client.leads.list({ limit: 1, stage: "new" })) {
      ids.push(...page.items.map(({ id }) => id));
      expect(asked).toHaveLength(ids.length);
    }
    expect(ids).toEqual(["1", "2"]);
    expect(asked.map(({ url }) => url.split("?")[1])).toEqual([
      "limit=1&stage=new",
      "limit=1&stage=new&after=a%26b",
    ]);
  });

  it("does not go round in a circle of pages", async () => {
    const page = () => Response.json({ items: [], next: "same" });
    const { client } = clientOf([page(), page(), page()]);
    const pages = client.leads.list();
    await pages.next();
    await pages.next();
    await expect(pages.next()).rejects.toMatchObject({ code: "client.malformed" });
  });

  it("lets no id lead to another place", async () => {
    const { client, asked } = clientOf([]);
    await client.leads.get("../keys?x#y");
    expect(asked[0]?.url).toBe("https://app.example/sales/leads/..%2Fkeys%3Fx%23y");
    for (const id of ["", ".", "..", undefined as unknown as string]) {
      await expect(async () => client.leads.get(id)).rejects.toThrow(TypeError);
    }
    expect(asked).toHaveLength(1);
  });

  it("throws what the server says", async () => {
    const issues = [{ path: "body.domain", message: "is no domain" }];
    const body = {
      ...{
        type: "urn:x",
        title: "The request is not valid",
        status: 400,
        detail: "body.domain is no domain.",
      },
      ...{ code: "request.invalid", issues, facts: { limitBytes: 3 }, instance: "req-1" },
    };
    const { client } = clientOf([problem(400, body, { "retry-after": "2" })]);
    const failure = await client.leads.get("1").catch((error: unknown) => error);
    expect(ClientError.is(failure, "request.invalid")).toBe(true);
    expect(failure).toMatchObject({
      ...{
        name: "ClientError",
        status: 400,
        code: "request.invalid",
        title: body.title,
        detail: body.detail,
      },
      ...{ message: body.detail, issues, facts: { limitBytes: 3 }, instance: "req-1", retryAfterMs: 2_000 },
    });
  });

  it("throws an error of one kind whatever the server answers", async () => {
    const odd: [Response, object][] = [
      [
        new Response("<h1>Bad gateway</h1>", { status: 502 }),
        { code: "client.refused", status: 502, title: "HTTP 502" },
      ],
      [problem(500, []), { code: "client.refused", status: 500 }],
      [
        problem(400, { code: 7, title: {}, detail: null, issues: [null, 3, { path: 4 }] }),
        { code: "client.refused", status: 400 },
      ],
      [new Response("{", { status: 418, headers: { "content-type": "application/json" } }), { status: 418 }],
      [new Response("nonsense"), { code: "client.malformed", status: 0 }],
      [new Response(null, { status: 304 }), { code: "client.refused", status: 304 }],
    ];
    for (const [answer, expected] of odd) {
      const { client } = clientOf([answer]);
      const failure = await client.leads.get("1").catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ClientError);
      expect(failure).toMatchObject(expected);
    }
  });

  it("tells a server that can't be reached from one that says nothing", async () => {
    const { client } = clientOf([new TypeError("fetch failed")]);
    await expect(client.leads.get("1")).rejects.toMatchObject({ code: "client.unreachable", status: 0 });
    const clock = manualClock();
    const silent = createClient({ url: "/sales", clock, timeoutMs: 500, fetch: () => new Promise(() => {}) });
    const waiting = silent.leads.get("1");
    clock.pass(500);
    await expect(waiting).rejects.toMatchObject({ code: "client.silent" });
  });

  it("ends a call at once with the caller's own reason", async () => {
    const controller = new AbortController();
    const reason = new Error("left");
    const client = createClient({ url: "/sales", fetch: () => new Promise(() => {}) });
    const waiting = client.leads.get("1", { signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(client.leads.get("1", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("sends a file as it is, for as long as it takes", async () => {
    const { client, asked } = clientOf([Response.json({ rows: 2 })]);
    const options = { name: "fair.csv", mapping: { Firma: "company.name" } };
    expect(await client.leads.import("Firma\nFigma", options)).toEqual({ rows: 2 });
    const [request] = asked;
    expect(Object.fromEntries(new URL(request?.url ?? "").searchParams)).toEqual({
      name: "fair.csv",
      mapping: '{"Firma":"company.name"}',
    });
    expect([request?.headers["content-type"], request?.body]).toEqual(["text/csv", "Firma\nFigma"]);
    const clock = manualClock();
    const slow = createClient({ url: "/sales", clock, fetch: () => new Promise(() => {}) });
    let over = false;
    void slow.leads.import("x").finally(() => {
      over = true;
    });
    clock.pass(3_600_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
  });

  it("begins a run and follows it", async () => {
    const events =
      'id: 1\nevent: text-delta\ndata: {"text":"hi"}\n\nevent: end\ndata: {"status":"completed"}\n\n';
    const { client, asked } = clientOf([
      Response.json({ id: "run-1" }, { status: 201 }),
      new Response(events, { headers: { "content-type": "text/event-stream" } }),
    ]);
    const types: string[] = [];
    let started: string | undefined;
    const onStart = (id: string) => {
      started = id;
    };
    for await (const { type } of client.agents.stream("writer", { input: "x" }, { onStart }))
      types.push(type);
    expect([types, started]).toEqual([["text-delta", "end"], "run-1"]);
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST https://app.example/sales/streams",
      "GET https://app.example/sales/streams/run-1/events",
    ]);
  });
});
