import { describe, expect, it } from "vitest";
import { publicRoute, route } from "./route.js";
import type { ServerLimits } from "./server-options.js";
import { shared } from "./testing/lead-routes.js";
import { openTable, settle } from "./testing/open-table.js";

/** A server whose handlers are done when the test says so. */
function setUp(limits: ServerLimits) {
  const held: (() => void)[] = [];
  const begun: string[] = [];
  const hold = (name: string) =>
    new Promise<object>((resolve) => {
      begun.push(name);
      held.push(() => resolve({ name }));
    });
  const slow = route({
    ...{ ...shared, method: "GET", path: "/slow", summary: "Slow" },
    handler: ({ request }) => hold(request.headers.get("x-name") ?? ""),
  });
  const long = route({
    ...{ ...shared, method: "GET", path: "/long", summary: "Long", handlerMs: 60_000 },
    handler: () => hold("long"),
  });
  const health = publicRoute({
    ...{ method: "GET", path: "/health", tag: "test", summary: "Health", answer: { description: "x" } },
    handler: async () => ({ status: "up" }),
  });
  const table = openTable([slow, long, health], { limits });
  const ask = (name: string, init: RequestInit = {}) =>
    table.ask("/slow", { ...init, headers: { "x-name": name } });
  /** Lets the handler go on that waits longest. */
  const finish = async () => {
    held.shift()?.();
    await settle();
  };
  return { ...table, ask, path: table.ask, begun, finish };
}

describe("requests beyond those that are worked on", () => {
  it("wait, and come in their order as soon as there is a place", async () => {
    const { ask, begun, finish } = setUp({ inFlight: 2 });
    const all = ["a", "b", "c", "d"].map((name) => ask(name));
    await settle();
    expect(begun).toEqual(["a", "b"]);
    await finish();
    expect(begun).toEqual(["a", "b", "c"]);
    for (let left = 0; left < 3; left += 1) await finish();
    const answers = await Promise.all(all);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it("are refused where the line is full, and it is as before once the flood is over", async () => {
    const { ask, finish, faults } = setUp({ inFlight: 2, waiting: 3 });
    const flood = Array.from({ length: 50 }, () => ask("flood"));
    await settle();
    for (let turn = 0; turn < 5; turn += 1) await finish();
    const answers = await Promise.all(flood);
    const refused = answers.filter(({ status }) => status === 503);
    expect([answers.filter(({ status }) => status === 200).length, refused.length]).toEqual([5, 45]);
    expect(refused[0]?.headers.get("retry-after")).toBe("2");
    expect(refused[0]?.headers.get("content-type")).toBe("application/problem+json");
    expect(await refused[0]?.json()).toMatchObject({
      ...{
        code: "bulkhead.full",
        status: 503,
        detail: "2 requests are worked on here and 3 wait. Ask again in a moment.",
      },
    });
    expect(faults).toMatchObject([{ code: "bulkhead.full" }]);
    const next = ["a", "b"].map((name) => ask(name));
    await settle();
    await finish();
    await finish();
    expect((await Promise.all(next)).map(({ status }) => status)).toEqual([200, 200]);
  });

  it("are refused after a wait that is too long, and take nobody's place", async () => {
    const { ask, clock, finish, begun } = setUp({ inFlight: 1, waitMs: 500 });
    const first = ask("first");
    await settle();
    const late = ask("late");
    await settle();
    clock.advance(500);
    expect((await late).status).toBe(503);
    await finish();
    expect((await first).status).toBe(200);
    void ask("next");
    await settle();
    expect(begun).toEqual(["first", "next"]);
  });

  it("of callers that leave are not begun", async () => {
    const { ask, finish, begun, clock } = setUp({ inFlight: 1 });
    void ask("first");
    await settle();
    const caller = new AbortController();
    const left = ask("left", { signal: caller.signal });
    const stays = ask("stays");
    await settle();
    caller.abort();
    expect((await left).status).toBe(499);
    await finish();
    expect(begun).toEqual(["first", "stays"]);
    await finish();
    expect((await stays).status).toBe(200);
    expect(clock.pendingTimers).toBe(0);
  });

  it("give their place back when the time of a handler is over", async () => {
    const { ask, clock, begun } = setUp({ inFlight: 1, handlerMs: 1_000 });
    const hung = ask("hung");
    await settle();
    clock.advance(1_000);
    expect((await hung).status).toBe(504);
    void ask("next");
    await settle();
    expect(begun).toEqual(["hung", "next"]);
  });

  it("hold up neither routes that wait for models, nor those that tell of the process", async () => {
    const { ask, path, begun } = setUp({ inFlight: 1, waiting: 0 });
    void ask("first");
    await settle();
    expect((await ask("second")).status).toBe(503);
    expect((await path("/health", { as: "" })).status).toBe(200);
    void path("/long");
    await settle();
    expect(begun).toEqual(["first", "long"]);
  });
});
