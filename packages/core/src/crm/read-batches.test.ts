import type { CrmRecord, CrmRemoval } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backfill } from "./backfill.js";
import { pullChanges } from "./pull-changes.js";
import { readBatches, type WalkPage } from "./read-batches.js";
import { syncCycle } from "./sync-cycle.js";
import { openSync } from "./testing/open-sync.js";

const record = (id: string, mergedIds?: readonly string[]): CrmRecord => ({
  ...{ kind: "contact", id, updatedAt: "2026-01-01T00:00:00.000Z", fields: {}, custom: {}, links: {} },
  ...(mergedIds && { mergedIds }),
});
const page = (...ids: readonly string[]): WalkPage => ({ records: ids.map((id) => record(id)) });
const removal = (id: string): CrmRemoval => ({ kind: "contact", id });

/** A walk over pages that counts what was asked of it. */
function openWalk(pages: readonly WalkPage[], failure?: Error) {
  const asked = { pages: 0, isClosed: false, signal: undefined as AbortSignal | undefined };
  async function* walk(signal: AbortSignal) {
    asked.signal = signal;
    try {
      for (const one of pages) {
        asked.pages += 1;
        yield one;
      }
      if (failure) throw failure;
    } finally {
      asked.isClosed = true;
    }
  }
  return { asked, walk };
}

const idsOf = (pages: readonly WalkPage[]) => pages.flatMap(({ records }) => records.map(({ id }) => id));

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
}

describe("readBatches", () => {
  it("gives every page once and in order, in batches of as many records as are wanted", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 12 }), async (counts, records) => {
        let last = 0;
        const pages = counts.map((count) => page(...Array.from({ length: count }, () => `r${last++}`)));
        const batches = await collect(
          readBatches({ open: openWalk(pages).walk, records, signal: undefined }),
        );
        expect(batches.flat()).toEqual(pages);
        for (const batch of batches.slice(0, -1)) {
          expect(idsOf(batch).length).toBeGreaterThanOrEqual(records);
          expect(idsOf(batch.slice(0, -1)).length).toBeLessThan(records);
        }
      }),
    );
  });

  it("reads one batch ahead of whoever takes long, and no more", async () => {
    const pages = Array.from({ length: 20 }, (_, index) => page(`a${index}`, `b${index}`));
    const { asked, walk } = openWalk(pages);
    const batches = readBatches({ open: walk, records: 4, signal: undefined });
    await batches.next();
    await settled();
    expect(asked.pages).toBe(2 + 2);
    await batches.next();
    await settled();
    expect(asked.pages).toBe(2 + 2 + 2);
    await batches.return();
    expect(asked).toMatchObject({ isClosed: true, signal: { aborted: true } });
  });

  it("gives what came before a failure, then throws it", async () => {
    const failure = new Error("the CRM is down");
    const { walk } = openWalk([page("a"), page("b"), page("c")], failure);
    const batches = readBatches({ open: walk, records: 2, signal: undefined });
    expect(idsOf((await batches.next()).value ?? [])).toEqual(["a", "b"]);
    expect(idsOf((await batches.next()).value ?? [])).toEqual(["c"]);
    await expect(batches.next()).rejects.toBe(failure);
  });

  it("gives nothing more once it is aborted, though pages were read ahead", async () => {
    const [controller, reason] = [new AbortController(), new Error("enough")];
    const { asked, walk } = openWalk([page("a"), page("b"), page("c")]);
    const batches = readBatches({ open: walk, records: 1, signal: controller.signal });
    await batches.next();
    await settled();
    controller.abort(reason);
    await expect(batches.next()).rejects.toBe(reason);
    expect(asked).toMatchObject({ isClosed: true, signal: { aborted: true } });
  });

  it("ends the read that is under way when it is left", async () => {
    async function* stuck(signal: AbortSignal) {
      yield page("a");
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new Error("ended")), { once: true });
      });
    }
    const batches = readBatches({ open: stuck, records: 1, signal: undefined });
    await batches.next();
    expect(await batches.return()).toEqual({ done: true, value: undefined });
  });

  it("begins a batch with a page that removes or takes over what came before it", async () => {
    const pages: readonly WalkPage[] = [
      page("a"),
      { records: [], removed: [removal("a")] },
      page("b"),
      { records: [record("c", ["b"])] },
      { records: [record("d", ["z"])], removed: [removal("y")] },
    ];
    const batches = await collect(
      readBatches({ open: openWalk(pages).walk, records: 100, signal: undefined }),
    );
    expect(batches).toEqual([pages.slice(0, 1), pages.slice(1, 3), pages.slice(3)]);
  });
});

describe("walks that read ahead", () => {
  it("takes in many pages in one transaction, and few in as many as are wanted", async () => {
    for (const [pageRecords, transactions] of [
      [1, 10],
      [20, 5],
      [500, 1],
    ] as const) {
      const { context, world, told } = openSync({ pageSize: 10 }, { limits: { pageRecords } });
      for (let index = 0; index < 100; index++)
        world.create({ kind: "contact", fields: { title: `T${index}` } });
      await backfill(context, "contact");
      expect(told.filter(({ type }) => type === "page")).toHaveLength(transactions);
    }
  });

  it("repeats what was read but not written before the process ended, and nothing else", async () => {
    const { context, world, storage } = openSync({ pageSize: 5 }, { limits: { pageRecords: 10 } });
    for (let index = 0; index < 40; index++)
      world.create({ kind: "contact", fields: { title: `T${index}` } });
    const crash = new Error("the process ended");
    let writes = 0;
    const crashing = Object.create(storage, {
      transaction: {
        value: async (...args: Parameters<typeof storage.transaction>) => {
          writes += 1;
          if (writes === 3) throw crash;
          return storage.transaction(...args);
        },
      },
    });
    await expect(backfill({ ...context, storage: crashing }, "contact")).rejects.toBe(crash);
    expect(await storage.records.count("contact")).toBe(20);
    expect(await backfill(context, "contact")).toMatchObject({ read: 20, created: 20 });
    expect(await storage.records.count("contact")).toBe(40);
  });

  it("ends with the caller's reason while a page is on its way, and goes on from what was written", async () => {
    const [controller, reason] = [new AbortController(), new Error("enough")];
    let lists = 0;
    const { context, world, storage } = openSync(
      {
        pageSize: 5,
        faults: ({ operation }) => {
          if (operation === "list" && ++lists === 3) controller.abort(reason);
          return undefined;
        },
      },
      { limits: { pageRecords: 5 } },
    );
    for (let index = 0; index < 30; index++)
      world.create({ kind: "contact", fields: { title: `T${index}` } });
    const aborted = backfill({ ...context, signal: controller.signal }, "contact");
    await expect(aborted).rejects.toBe(reason);
    expect(await storage.records.count("contact")).toBeLessThan(15);
    await backfill(context, "contact");
    expect(await storage.records.count("contact")).toBe(30);
  });

  it("sees the removal of a record that a page before it brought", async () => {
    const { context, world, storage } = openSync({ pageSize: 1 }, { limits: { removals: 10 } });
    await syncCycle(context);
    const id = world.create({ kind: "contact", fields: { title: "CTO" } });
    const { provider } = context;
    const told = await provider.get("contact", id);
    world.remove("contact", id);
    const feed = [
      { records: told ? [told] : [], removed: [], cursor: "1", more: true },
      { records: [], removed: [removal(id)], cursor: "2", more: false },
    ];
    const changes = async function* () {
      yield* feed;
    };
    const telling = Object.create(provider, { changes: { value: changes } });
    await pullChanges({ ...context, provider: telling }, "contact");
    const [link] = await storage.links.findByCrmIds("double", "contact", [id]);
    expect(link?.dueAt).toBeDefined();
  });
});
