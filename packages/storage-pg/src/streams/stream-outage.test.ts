import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "../postgres.js";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.js";

const LISTENING =
  "from pg_stat_activity where application_name = 'salesagent listening' and datname = current_database()";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
});

afterAll(() => database[Symbol.asyncDispose]());

/** Hears what a watch is told, one after the other. */
function follow(storage: ReturnType<typeof postgres>) {
  const heard: string[] = [];
  let wake = () => {};
  const hear = (what: string) => {
    heard.push(what);
    wake();
  };
  const watch = storage.notices.watch({ told: ({ id }) => hear(id), missed: () => hear("missed") });
  const next = async (): Promise<string> => {
    while (heard.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return heard.shift() ?? "";
  };
  return { watch, next };
}

describe("a process that follows streams", () => {
  it("listens over the one connection that wakes its workers, and goes on when that was lost", async () => {
    await using storage = postgres({ connectionString: database.url });
    await using writer = postgres({ connectionString: database.url });
    const { streams } = writer.tenant("acme");
    await streams.open({ id: "run-1", source: "agent:chat" });
    const caller = new AbortController();
    const sleeping = storage.queue.wait(600_000, { signal: caller.signal });
    const { watch, next } = follow(storage);
    expect([await next(), watch.isLive]).toEqual(["missed", true]);
    await sleeping; // it wakes as soon as it listens
    const still = storage.queue.wait(600_000, { signal: caller.signal });
    expect(await database.query(`select count(*)::int as count ${LISTENING}`)).toEqual([{ count: 1 }]);
    const event = { type: "text-delta", data: "Hello" };
    await streams.append([{ id: "run-1", fence: 1, after: 0, events: [event] }]);
    expect(await next()).toBe("run-1");

    await database.query(`select pg_terminate_backend(pid) ${LISTENING}`);

    expect([await next(), watch.isLive]).toEqual(["missed", true]);
    await streams.append([{ id: "run-1", fence: 1, after: 1, events: [event] }]);
    expect(await next()).toBe("run-1");
    watch.close();
    caller.abort();
    await Promise.allSettled([still]);
  });

  it("is told nothing live where it can't listen, and loses nothing by that", async () => {
    await using storage = postgres({ connectionString: database.url, listen: false });
    const { watch } = follow(storage);
    const { streams } = storage.tenant("acme");
    await streams.open({ id: "run-2", source: "agent:chat" });
    await streams.append([{ id: "run-2", fence: 1, after: 0, events: [{ type: "end", data: null }] }]);
    expect(watch.isLive).toBe(false);
    expect((await streams.read("run-2"))?.record.last).toBe(1);
    expect(await database.query(`select count(*)::int as count ${LISTENING}`)).toEqual([{ count: 0 }]);
  });
});
