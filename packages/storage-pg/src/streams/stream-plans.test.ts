import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MANY_ROWS, type NamedCalls, UnanalysedTables } from "../testing/unanalysed-tables.js";

let tables: UnanalysedTables;

const append = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `run-${from + index}`, fence: 1, after: 2 },
    events: [{ type: "text-delta", data: "more" }],
  }));

/** What is done in each case, as a server does it day after day. */
const calls: NamedCalls = {
  "appends to a stream": ({ streams }) => streams.append(append(100, 1)),
  "appends to many streams": ({ streams }) => streams.append(append(200, 40)),
  "reads a stream": ({ streams }) => streams.read("run-300", { after: 1 }),
  "reads on in a long stream": ({ streams }) => streams.read("long", { after: 30_000, limit: 20 }),
  "asks for the end": ({ streams }) => streams.requestStop("run-400", { by: "ada", reason: "enough" }),
  "opens a stream": ({ streams }) => streams.open({ id: "new", source: "agent:chat" }),
  "pages through streams": ({ streams }) => streams.list({}, { limit: 20 }),
  "lists streams that failed": ({ streams }) => streams.list({ status: "failed" }, { limit: 20 }),
  "lists the streams of a thread": ({ streams }) => streams.list({ threadId: "mail-7" }, { limit: 20 }),
  "lists the streams of a lead": ({ streams }) => streams.list({ leadId: "lead-7" }, { limit: 20 }),
  "looks a key up": ({ apiKeys }) => apiKeys.get("key-7"),
  "notes the use of a key": ({ apiKeys }) => apiKeys.touch("key-7", "2026-05-01T09:00:00.000Z"),
  "pages through keys": ({ apiKeys }) => apiKeys.list({ limit: 20 }),
  "gives figures of a day": ({ runs }) => runs.stats({ from: "2026-05-01", until: "2026-05-01" }),
};

beforeAll(async () => {
  tables = await UnanalysedTables.plannedFor(calls, ["streams", "stream_events", "api_keys", "runs"]);
  await tables.database.query("delete from salesagent.streams");
  const at = "'2026-05-01'::timestamptz + n * interval '300 seconds'";
  await tables.fill(
    "streams (tenant, id, source, status, thread_id, lead_id, last, fence, created_at, updated_at)",
    `'acme', 'run-' || n, 'agent:chat', case when n % 1000 = 0 then 'failed' else 'open' end, 'mail-' || n / 10,
      'lead-' || n / 10, 2, 1, ${at}, ${at}`,
  );
  await tables.fill(
    "stream_events (tenant, stream_id, last, first, events)",
    `'acme', 'run-' || n, 2, 1, '[["a",1],["b",2]]'`,
  );
  await tables.database.query(`insert into salesagent.streams (tenant, id, source, status, last, fence, created_at, updated_at)
    values ('acme', 'long', 'agent:chat', 'open', ${MANY_ROWS}, 1, '2026-05-01', '2026-05-01')`);
  await tables.fill(
    "stream_events (tenant, stream_id, last, first, events)",
    `'acme', 'long', n, n, '[["a",1]]'`,
  );
  await tables.fill(
    "api_keys (tenant, id, name, hash, role, created_by, created_at)",
    `'acme', 'key-' || n, 'CI', 'h', 'member', 'ada', ${at}`,
  );
  await tables.fill(
    "runs (tenant, id, agent, status, input, started_at)",
    `'acme', n::text, 'a', 'completed', '1', ${at}`,
  );
}, 60_000);

afterAll(() => tables[Symbol.asyncDispose]());

describe("streams, keys and runs that grew from nothing to tens of thousands, and that nobody has analysed", () => {
  it.each(Object.entries(calls))("are not read through by what %s", async (name, call) => {
    const read = await tables.readBy(call);
    if (name !== "opens a stream") expect(read).not.toEqual([]);
    expect(read.filter(({ scanned, fetched }) => scanned > 0 || fetched > 1100)).toEqual([]);
  });
});
