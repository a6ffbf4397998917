import { createSalesAgent } from "@salesagent/core/app";
import { createServer } from "@salesagent/server";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createClient } from "./create-client.js";
import type { ImportProgress } from "./lead-answers.js";
import { manualClock } from "./testing/manual-clock.js";

const events = (text: string) => new Response(text, { headers: { "content-type": "text/event-stream" } });
const progress = (rows: number) =>
  `event: progress\ndata: {"bytes":${rows},"rows":${rows},"imported":${rows},"duplicates":0,"rejected":0}\n\n`;

/** What comes of an import whose server answers so, and what was told meanwhile. */
function importing(fetch: typeof globalThis.fetch, signal?: AbortSignal) {
  const told: ImportProgress[] = [];
  const client = createClient({ url: "/sales", fetch, clock: manualClock() });
  const onProgress = (each: ImportProgress) => void told.push(each);
  const options = { name: "fair.csv", onProgress, ...(signal && { signal }) };
  return { told, outcome: client.leads.import("Company\nFigma\n", options) };
}

describe("an import with `onProgress`", () => {
  it("tells how far the server is, and gives what became of the rows", async () => {
    const storage = memoryStorage();
    const sales = createSalesAgent({ storage });
    const authorize = () => ({ tenant: "acme", id: "user:1", role: "owner" }) as const;
    const server = createServer({ sales, authorize, prefix: "/sales" });
    const { told, outcome } = importing((path, init) =>
      server.fetch(new Request(`https://app.example${path}`, init)),
    );
    expect(await outcome).toMatchObject({ source: "fair.csv", rows: 1, imported: 1, rejectedRows: [] });
    expect(told[0]).toEqual({ bytes: 0, rows: 0, imported: 0, duplicates: 0, rejected: 0 });
    expect(await storage.tenant("acme").leads.count()).toBe(1);
  });

  it("tells each progress in turn", async () => {
    const { told, outcome } = importing(async () =>
      events(`${progress(1)}:\n\n${progress(2)}event: imported\ndata: {"rows":2}\n\n`),
    );
    expect(await outcome).toEqual({ rows: 2 });
    expect(told.map(({ rows }) => rows)).toEqual([1, 2]);
  });

  it("rejects with the problem that ended it", async () => {
    let sent: AbortSignal | null | undefined;
    const problem = { code: "intake.unreadable", status: 422, detail: "A quote is open.", facts: { row: 3 } };
    const { told, outcome } = importing(async (_, init) => {
      sent = init?.signal;
      return events(`${progress(1)}event: failed\ndata: ${JSON.stringify(problem)}\n\n`);
    });
    await expect(outcome).rejects.toMatchObject({
      name: "ClientError",
      message: "A quote is open.",
      ...problem,
    });
    expect(told).toHaveLength(1);
    expect(sent?.aborted).toBe(true); // what is left of the file is not sent
  });

  it("rejects where the server refuses, ends too soon or answers otherwise", async () => {
    const refused = importing(async () =>
      Response.json(
        { code: "access.denied", status: 403 },
        { status: 403, headers: { "content-type": "application/problem+json" } },
      ),
    );
    await expect(refused.outcome).rejects.toMatchObject({ code: "access.denied", status: 403 });
    await expect(importing(async () => events(progress(1))).outcome).rejects.toMatchObject({
      code: "client.unreachable",
    });
    await expect(importing(async () => Response.json({ rows: 1 })).outcome).rejects.toMatchObject({
      code: "client.malformed",
    });
  });

  it("ends at once with the caller's own reason", async () => {
    const caller = new AbortController();
    const reason = new Error("left");
    let sent: AbortSignal | null | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(progress(1))),
    });
    const { told, outcome } = importing(async (_, init) => {
      sent = init?.signal;
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    }, caller.signal);
    while (told.length === 0) await new Promise((resolve) => setImmediate(resolve));
    caller.abort(reason);
    await expect(outcome).rejects.toBe(reason);
    expect(sent?.aborted).toBe(true);
  });
});
