import { describe, expect, it } from "vitest";
import { z } from "zod";
import { bytesBody, jsonBody, streamBody } from "./body.js";
import { route } from "./route.js";
import { openTable, settle } from "./testing/open-table.js";

type Source = NonNullable<ConstructorParameters<typeof ReadableStream<Uint8Array>>[0]> & {
  readonly type?: undefined;
};

const shared = { tag: "test", permission: "leads:read", answer: { description: "Done." } } as const;

describe("a body", () => {
  const bytes = route({
    ...shared,
    ...{ method: "POST", path: "/bytes", summary: "Bytes" },
    body: bytesBody([], { limitBytes: 10 }),
    handler: async ({ body }) => ({ size: body.length }),
  });
  const lines = route({
    ...shared,
    ...{ method: "POST", path: "/file", summary: "File", handlerMs: "none" },
    body: streamBody(["text/csv"]),
    handler: async ({ body }) => {
      let size = 0;
      for await (const piece of body) size += piece.length;
      return { size };
    },
  });
  const streamed = (source: Source, type = "text/csv") =>
    ({
      method: "POST",
      body: new ReadableStream(source),
      duplex: "half",
      headers: { "content-type": type },
    }) as RequestInit;

  it("of up to the limit is taken, and a larger one cut before it is read to its end", async () => {
    const { ask } = openTable([bytes]);
    expect(await (await ask("/bytes", { method: "POST", body: "x".repeat(10) })).json()).toEqual({
      size: 10,
    });
    let pulled = 0;
    let cancelled = false;
    const bomb = streamed({
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(4));
      },
      cancel: () => {
        cancelled = true;
      },
    });
    const response = await ask("/bytes", bomb);
    expect([response.status, await response.json()]).toMatchObject([413, { facts: { limitBytes: 10 } }]);
    expect(pulled).toBeLessThan(6);
    expect(cancelled).toBe(true);
  });

  it("that nests deeper than anything that is meant is refused, however deep it is", async () => {
    const any = route({
      ...shared,
      ...{ method: "POST", path: "/any", summary: "Any" },
      body: jsonBody(z.strictObject({ value: z.json() })),
      handler: async () => ({ taken: true }),
    });
    const { ask, faults } = openTable([any]);
    const nested = (depth: number) => `{"value":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    const post = (body: string) =>
      ask("/any", { method: "POST", body, headers: { "content-type": "application/json" } });
    expect((await post(nested(60))).status).toBe(200);
    for (const depth of [70, 10_000, 400_000]) {
      expect(await (await post(nested(depth))).json()).toMatchObject({
        status: 400,
        issues: [{ path: "body" }],
      });
    }
    expect(faults).toEqual([]);
  });

  it("that says to be too large is not read at all", async () => {
    const { ask } = openTable([bytes]);
    const response = await ask("/bytes", { method: "POST", body: "x", headers: { "content-length": "11" } });
    expect(response.status).toBe(413);
  });

  it("that does not come in time is cut", async () => {
    const { ask, clock } = openTable([bytes], { limits: { bodyMs: 1_000 } });
    let cancelled = false;
    const slow = streamed({
      start: (controller) => controller.enqueue(new Uint8Array(1)),
      cancel: () => {
        cancelled = true;
      },
    });
    const answer = ask("/bytes", slow);
    await settle();
    clock.advance(999);
    await settle();
    clock.advance(1);
    expect((await answer).status).toBe(408);
    expect(cancelled).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it("that drips is cut when its time as a whole is over", async () => {
    const { ask, clock } = openTable([bytes], { limits: { bodyMs: 1_000 } });
    let drip: (() => void) | undefined;
    const answer = ask(
      "/bytes",
      streamed({
        start: (controller) => {
          drip = () => controller.enqueue(new Uint8Array(1));
        },
      }),
    );
    for (let second = 0; second < 4; second += 1) {
      drip?.();
      await settle();
      clock.advance(300);
      await settle();
    }
    expect((await answer).status).toBe(408);
  });

  it("of a file may take its time, piece by piece, up to its own limit", async () => {
    const { ask, clock } = openTable([lines], { limits: { bodyMs: 1_000, importBytes: 100 } });
    let pieces = 0;
    const slow = streamed({
      async pull(controller) {
        clock.advance(900);
        if (pieces++ === 5) controller.close();
        else controller.enqueue(new Uint8Array(20));
      },
    });
    expect(await (await ask("/file", slow)).json()).toEqual({ size: 100 });
    const larger = await ask("/file", {
      method: "POST",
      body: new Uint8Array(101),
      headers: { "content-type": "text/csv" },
    });
    expect(larger.status).toBe(413);
    expect(
      (await ask("/file", { method: "POST", body: "a", headers: { "content-type": "text/html" } })).status,
    ).toBe(400);
  });
});
