import { type Clock, SalesAgentError, systemClock, type TenantStorage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { textSource } from "../source/byte-source.js";
import { chunkedSource, encoded } from "../testing/chunks.js";
import { CollectingRejects } from "../testing/collecting-rejects.js";
import { Fuse, fusedStorage } from "../testing/faulty-storage.js";
import type { BatchStoredEvent, ImportEvent } from "./import-events.js";
import { importLeads } from "./import-leads.js";
import type { ImportLeadsOptions, ImportStorage } from "./import-options.js";

const clock: Clock = { ...systemClock, now: () => Date.parse("2026-05-01T09:00:00.000Z") };
const FILE =
  "Company,Website\nAcme,acme.com\nBeta,beta.com\nAcme Inc,www.acme.com\n,\nGamma\nDelta,delta.com\n";

function setUp(
  content: string | Uint8Array = FILE,
  options: Partial<Omit<ImportLeadsOptions, "storage">> = {},
) {
  const storage = memoryStorage({ clock }).tenant("acme");
  const source =
    typeof content === "string" ? textSource("leads.csv", content) : chunkedSource(content, [50]);
  return { source, storage, clock, ...options };
}

async function eventsOf(run: AsyncIterable<ImportEvent>): Promise<ImportEvent[]> {
  const events: ImportEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
}

const rowsOf = (events: readonly ImportEvent[]) =>
  events.flatMap((event) => (event.type === "batch-stored" ? event.rows : []));

async function storedLeads(storage: TenantStorage) {
  const names: (string | undefined)[] = [];
  for (let after: string | undefined; ; ) {
    const page = await storage.leads.list({}, { after, limit: 1_000 });
    names.push(...page.items.map(({ company }) => company.name));
    if (page.next === undefined) return names;
    after = page.next;
  }
}

it("takes any tenant's storage", () => {
  expectTypeOf<TenantStorage>().toExtend<ImportStorage>();
});

describe("an import", () => {
  it("accounts for every row", async () => {
    const setup = setUp();

    const events = await eventsOf(importLeads(setup));

    expect(events.map(({ type }) => type)).toEqual(["import-started", "batch-stored", "import-completed"]);
    expect(rowsOf(events).map((row) => [row.row, row.status])).toEqual([
      [2, "imported"],
      [3, "imported"],
      [4, "duplicate"],
      [6, "rejected"],
      [7, "imported"],
    ]);
    expect(events.at(-1)).toMatchObject({
      summary: { status: "completed", rows: 5, imported: 3, duplicates: 1, rejected: 1, source: "leads.csv" },
    });
    expect(await storedLeads(setup.storage)).toEqual(["Acme", "Beta", "Delta"]);
  });

  it("tells of which lead a row is a duplicate, and by what", async () => {
    const [first, , third] = rowsOf(await eventsOf(importLeads(setUp())));

    expect(third).toMatchObject({
      status: "duplicate",
      key: "domain:acme.com",
      lead: { company: { name: "Acme Inc" } },
    });
    expect(third).toMatchObject({ leadId: first?.status === "imported" ? first.leadId : "" });
  });

  it("hands rejected rows to the sink with their cells, and closes it", async () => {
    const rejects = new CollectingRejects();

    await importLeads(setUp(FILE, { rejects })).result();

    expect(rejects.rows).toEqual([
      { status: "rejected", row: 6, reason: "the row has 1 cells, the header has 2", cells: ["Gamma"] },
    ]);
    expect(rejects.closed).toBe(1);
  });

  it("stores in batches and tells how far it is", async () => {
    const content = `Company\n${Array.from({ length: 10 }, (_, index) => `Company ${index}\n`).join("")}`;
    let elapsed = 0;
    const ticking: Clock = { ...clock, elapsed: () => (elapsed += 100) };

    const batches = (await eventsOf(importLeads(setUp(content, { batchSize: 4, clock: ticking })))).filter(
      (event): event is BatchStoredEvent => event.type === "batch-stored",
    );

    expect(batches.map(({ rows }) => rows.length)).toEqual([4, 4, 2]);
    expect(batches[0]?.progress).toMatchObject({
      rows: 4,
      imported: 4,
      bytesRead: 48,
      totalBytes: content.length,
      rowsPerSecond: 40,
    });
    expect(batches[0]?.progress.remainingMs).toBe(150);
    expect(batches[2]?.progress).toMatchObject({ rows: 10, bytesRead: content.length, remainingMs: 0 });
  });

  it("says once when a file is not the UTF-8 that it should be", async () => {
    const bytes = encoded("Company\nM\u00fcller\nS\u00f6hne\n", "windows-1252");
    const setup = setUp(bytes);

    const warnings = (await eventsOf(importLeads(setup))).filter(({ type }) => type === "import-warning");

    expect(warnings).toEqual([
      { type: "import-warning", row: 2, message: expect.stringContaining("Windows-1252") },
    ]);
    expect(await storedLeads(setup.storage)).toEqual(["Müller", "Söhne"]);
  });

  it("keeps what was accepted before an unclosed quote", async () => {
    const setup = setUp('Company\nAcme\nBeta\n"Gamma\nDelta\n');

    await expect(importLeads(setup).result()).rejects.toMatchObject({ code: "intake.unreadable" });

    expect(await storedLeads(setup.storage)).toEqual(["Acme", "Beta"]);
  });

  it("accounts for 100,000 rows, holding a batch at a time", async () => {
    let most = 0;
    let ids = 0;
    const counting: ImportStorage = {
      imports: { get: async () => undefined },
      transaction: (work) =>
        work({
          leads: {
            async insertMany(drafts) {
              most = Math.max(most, drafts.length);
              return drafts.map(() => ({ status: "inserted" as const, id: String(ids++) }));
            },
          },
          imports: { save: async () => {} },
        }),
    };
    const header = encoded("Company,City\n", "utf-8");
    async function* open(fromByte: number) {
      yield header.subarray(fromByte);
      for (let row = 0; row < 100_000; row += 100) {
        yield encoded(`"Acme, ${row}",Boston\n`.repeat(99).concat("ragged\n"), "utf-8");
      }
    }

    const run = importLeads({ source: { name: "long.csv", open }, storage: counting });

    expect(await run.result()).toMatchObject({
      rows: 100_000,
      imported: 99_000,
      duplicates: 0,
      rejected: 1_000,
    });
    expect(most).toBeLessThanOrEqual(500);
  });

  it("stores people of one company as leads of their own", async () => {
    const setup = setUp(
      "Name,Email,Company\nAda,ada@acme.com,Acme\nBob,bob@acme.com,Acme\nAda L,ADA@acme.com,Acme\n",
    );

    expect(await importLeads(setup).result()).toMatchObject({ imported: 2, duplicates: 1 });
  });
});

describe("imported again", () => {
  it("a completed file is all duplicates", async () => {
    const rejects = new CollectingRejects();
    const setup = setUp(FILE, { rejects });
    const first = await importLeads(setup).result();

    const events = await eventsOf(importLeads(setup));

    expect(events.at(-1)).toMatchObject({
      summary: { importId: first.importId, rows: 5, imported: 0, duplicates: 4, rejected: 1 },
    });
    expect(events[0]).not.toHaveProperty("resumedAtRow");
    expect(rejects.rows).toHaveLength(1);
    expect(await setup.storage.leads.count()).toBe(3);
  });

  it("a broken-off file goes on where it stopped", async () => {
    const setup = setUp(FILE, { batchSize: 2 });
    for await (const event of importLeads(setup)) if (event.type === "batch-stored") break;

    const events = await eventsOf(importLeads(setup));

    expect(events[0]).toMatchObject({ type: "import-started", resumedAtRow: 4 });
    expect(rowsOf(events).map(({ row }) => row)).toEqual([4, 6, 7]);
    expect(events.at(-1)).toMatchObject({ summary: { rows: 5, imported: 3, duplicates: 1, rejected: 1 } });
  });

  it("a broken-off file begins anew when that is wanted", async () => {
    const setup = setUp(FILE, { batchSize: 2 });
    for await (const event of importLeads(setup)) if (event.type === "batch-stored") break;

    const summary = await importLeads({ ...setup, resume: false }).result();

    expect(summary).toMatchObject({ rows: 5, imported: 1, duplicates: 3, rejected: 1 });
  });

  it("with another mapping or another content is another import", async () => {
    const setup = setUp();
    const ids = [
      await importLeads(setup).result(),
      await importLeads({ ...setup, mapping: { Website: "custom" } }).result(),
      await importLeads({ ...setup, source: textSource("leads.csv", `${FILE}Eps,eps.com\n`) }).result(),
      await importLeads({ ...setup, source: textSource("renamed.csv", FILE) }).result(),
    ].map(({ importId }) => importId);

    expect(new Set(ids.slice(0, 3)).size).toBe(3);
    expect(ids[3]).toBe(ids[0]);
  });

  it("a source without a fingerprint is never resumed", async () => {
    const { name, open } = textSource("stream", FILE);
    let ids = 0;
    const setup = setUp(FILE, { source: { name, open }, createId: () => `import-${++ids}` });

    await importLeads(setup).result();
    const again = await importLeads(setup).result();

    expect(again).toMatchObject({ importId: "import-2", duplicates: 4 });
  });
});

describe("the run", () => {
  it("does nothing before it is read", async () => {
    const setup = setUp();

    importLeads(setup);

    expect(await setup.storage.leads.count()).toBe(0);
  });

  it("gives its result to whoever asks while another reads its events", async () => {
    const run = importLeads(setUp());
    const events = eventsOf(run);

    expect(await run.result()).toMatchObject({ status: "completed", rows: 5 });
    expect(await events).toHaveLength(3);
  });

  it("says that it stopped when its reader left", async () => {
    const run = importLeads(setUp(FILE, { batchSize: 2 }));
    for await (const event of run) if (event.type === "batch-stored") break;

    expect(await run.result()).toMatchObject({ status: "stopped", rows: 2, imported: 2 });
  });

  it("can be read once only", async () => {
    const run = importLeads(setUp());
    await run.result();

    expect(() => run[Symbol.asyncIterator]()).toThrow(TypeError);
  });

  it("fails with what its storage throws, and closes the rejects", async () => {
    const rejects = new CollectingRejects();
    const setup = setUp(FILE, { rejects });
    const failure = new SalesAgentError("store.unavailable", {
      message: "down",
      facts: { store: "leads" },
      replay: "safe",
    });
    const storage: ImportStorage = {
      imports: setup.storage.imports,
      transaction: () => Promise.reject(failure),
    };
    const run = importLeads({ ...setup, storage });

    await expect(eventsOf(run)).rejects.toBe(failure);
    await expect(run.result()).rejects.toBe(failure);
    expect(rejects.closed).toBe(1);
  });

  it("rejects with the caller's reason, and goes on later", async () => {
    const caller = new AbortController();
    const setup = setUp(FILE, { batchSize: 1 });
    const reason = new Error("enough");
    const run = importLeads({ ...setup, signal: caller.signal });
    const reading = (async () => {
      for await (const event of run) if (event.type === "batch-stored") caller.abort(reason);
    })();

    await expect(reading).rejects.toBe(reason);
    expect(await importLeads(setup).result()).toMatchObject({ rows: 5, imported: 3 });
  });

  it("rejects with the caller's reason while the source hangs", async () => {
    const caller = new AbortController();
    const reason = new Error("enough");
    async function* open() {
      yield encoded("Company\n".padEnd(70_000, "Acme Acme Acme\n"), "utf-8");
      caller.abort(reason);
      await new Promise(() => {});
    }

    await expect(
      importLeads(setUp(FILE, { source: { name: "x", open }, signal: caller.signal })).result(),
    ).rejects.toBe(reason);
  });

  it.each([[0], [1.5], [10_001]])("refuses a batch of %s rows", (batchSize) => {
    expect(() => importLeads(setUp(FILE, { batchSize }))).toThrow(RangeError);
  });
});

describe("killed at any instant and called again", () => {
  const field = fc.string({ unit: fc.constantFrom("a", "b", "é", "😀", '"', ",", "\n", " "), maxLength: 4 });
  const row = fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.integer({ min: 0, max: 12 }), field)
        .map(([id, notes]) => `c${id}.com,"${notes.replaceAll('"', '""')}"`),
    },
    { weight: 2, arbitrary: fc.constantFrom("ragged", "", ",only notes", 'x"y.com,"a "b" c"') },
  );
  const file = fc.record({
    rows: fc.array(row, { minLength: 1, maxLength: 14 }),
    newline: fc.constantFrom("\n", "\r\n"),
    encoding: fc.constantFrom("utf-8" as const, "utf-16le" as const),
    batchSize: fc.integer({ min: 1, max: 4 }),
  });

  it("loses and doubles nothing", async () => {
    await fc.assert(
      fc.asyncProperty(file, async ({ rows, newline, encoding, batchSize }) => {
        const content = encoded(["Domain,Notes", "c0.com,", ...rows].join(newline), encoding, true);
        const fuse = new Fuse();
        const whole = fused(content, batchSize, fuse);
        const undisturbed = await whole.run().result();
        expect(undisturbed.rows).toBe(undisturbed.imported + undisturbed.duplicates + undisturbed.rejected);

        for (let place = 0; place < fuse.passed; place++) {
          const killed = fused(content, batchSize, new Fuse(place));
          await expect(killed.run().result()).rejects.toThrow("killed");
          const atDeath = await killed.storage.imports.get(undisturbed.importId);
          const summary = await killed.run().result();

          // Killed after its last commit, an import is complete: the next pass finds duplicates only.
          const { rows, imported, duplicates, rejected } = undisturbed;
          const found =
            atDeath?.status === "completed"
              ? { imported: 0, duplicates: imported + duplicates }
              : { imported, duplicates };
          expect(summary).toMatchObject({ rows, rejected, ...found });
          expect(killed.rejects.rows).toEqual(whole.rejects.rows);
          expect(await leadTexts(killed.storage)).toEqual(await leadTexts(whole.storage));
        }
      }),
      { numRuns: 30 },
    );
  });

  function fused(content: Uint8Array, batchSize: number, fuse: Fuse) {
    const storage = memoryStorage({ clock }).tenant("acme");
    const rejects = new CollectingRejects();
    rejects.onWrite = () => fuse.step();
    const options = {
      source: chunkedSource(content, [13, 5]),
      storage: fusedStorage(storage, fuse),
      rejects,
      batchSize,
      clock,
    };
    return { storage, rejects, run: () => importLeads(options) };
  }

  async function leadTexts(storage: TenantStorage) {
    const { items } = await storage.leads.list({}, { limit: 1_000 });
    return items.map(({ company, custom, keys }) => JSON.stringify([company, custom, keys]));
  }
});
