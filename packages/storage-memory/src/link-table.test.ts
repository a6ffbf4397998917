import { manualClock } from "@salesagent/conformance";
import type { LinkStore, TenantStores } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

const START = Date.UTC(2026, 0, 5, 12);
const at = (ms: number) => new Date(START + ms).toISOString();

const link = (id: number, dueMs?: number) => ({
  ...{
    connection: "close",
    kind: "contact" as const,
    recordId: `${id}`,
    state: "linked" as const,
    failures: 0,
  },
  ...(dueMs === undefined ? {} : { dueAt: at(dueMs) }),
});
const claim = (links: LinkStore, leaseMs: number, limit = 100) =>
  links.claim({ connection: "close", kinds: ["contact"], leaseMs, limit });

/** Links as a list would keep them: for each its time, and the end of its lease. */
class Expected {
  readonly #due = new Map<string, { dueMs: number | undefined; leaseMs: number | undefined }>();

  write(id: string, dueMs: number | undefined): void {
    const before = this.#due.get(id)?.dueMs;
    const times = [before, dueMs].flatMap((time) => time ?? []);
    this.#due.set(id, { dueMs: times.length === 0 ? undefined : Math.min(...times), leaseMs: undefined });
  }

  hint(id: string, dueMs: number): void {
    const row = this.#due.get(id);
    if (row !== undefined) row.dueMs = Math.min(row.dueMs ?? dueMs, dueMs);
  }

  /** The times at which what is claimed was due; ids of one time come in any order. */
  claimable(nowMs: number): ReadonlyMap<string, number> {
    const open = [...this.#due].flatMap(([id, { dueMs, leaseMs }]) => {
      const time = leaseMs ?? dueMs;
      return time === undefined || time > nowMs ? [] : [[id, time] as const];
    });
    return new Map(open);
  }

  claim(id: string, untilMs: number): void {
    this.#due.set(id, { dueMs: undefined, leaseMs: untilMs });
  }
}

const deed = fc.oneof(
  fc.record({ writes: fc.nat(8), dueMs: fc.option(fc.nat(20), { nil: undefined }) }),
  fc.record({ hints: fc.nat(8), dueMs: fc.nat(20) }),
  fc.record({ claims: fc.integer({ min: 1, max: 4 }), leaseMs: fc.nat(6) }),
  fc.record({ passMs: fc.integer({ min: 1, max: 4 }) }),
);

describe("links in memory", () => {
  it("are claimed when they are due, the earliest first, in transactions and out of them", async () => {
    const groups = fc.array(
      fc.record({ inTransaction: fc.boolean(), deeds: fc.array(deed, { maxLength: 12 }) }),
      {
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(groups, async (all) => {
        const clock = manualClock(START);
        const acme = memoryStorage({ clock }).tenant("acme");
        const expected = new Expected();
        const play = async (
          { links }: Pick<TenantStores, "links">,
          deeds: readonly (typeof all)[0]["deeds"][0][],
        ) => {
          for (const it of deeds) {
            if ("passMs" in it) clock.advance(it.passMs);
            else if ("writes" in it) {
              await links.writeMany([{ link: link(it.writes, it.dueMs) }]);
              expected.write(`${it.writes}`, it.dueMs);
            } else if ("hints" in it) {
              const recordIds = [`${it.hints}`];
              await links.hint({ connection: "close", kind: "contact", dueAt: at(it.dueMs), recordIds });
              expected.hint(`${it.hints}`, it.dueMs);
            } else {
              const nowMs = clock.now() - START;
              const open = expected.claimable(nowMs);
              const taken = (await claim(links, it.leaseMs, it.claims)).map(({ recordId }) => recordId);
              const times = [...open.values()].sort((left, right) => left - right).slice(0, it.claims);
              expect(taken.map((id) => open.get(id))).toEqual(times);
              for (const id of taken) expected.claim(id, nowMs + it.leaseMs);
            }
          }
        };
        for (const { inTransaction, deeds } of all) {
          await (inTransaction ? acme.transaction((stores) => play(stores, deeds)) : play(acme, deeds));
        }
      }),
      { numRuns: 120 },
    );
  });

  it("are due again at the very millisecond at which a lease ends, and since then", async () => {
    const clock = manualClock(START);
    const { links } = memoryStorage({ clock }).tenant("acme");
    await links.writeMany([{ link: link(1, 0) }]);
    await claim(links, 1000);
    clock.advance(999);
    expect(await claim(links, 1000)).toEqual([]);
    expect((await links.findByRecords("close", "contact", ["1"]))[0]?.dueAt).toBe(undefined);
    clock.advance(1);
    expect((await links.findByRecords("close", "contact", ["1"]))[0]?.dueAt).toBe(at(1000));
    clock.advance(500);
    expect((await links.list("close")).items.map(({ dueAt }) => dueAt)).toEqual([at(1000)]);
    expect((await claim(links, 1000)).map(({ revision }) => revision)).toEqual([3]);
  });
});
