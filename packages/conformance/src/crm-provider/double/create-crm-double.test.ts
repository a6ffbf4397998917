import { type CRMProvider, type CrmChanges, type CrmRecord, SalesAgentError } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manualClock } from "../../manual-clock.js";
import { createCrmDouble } from "./create-crm-double.js";
import { randomCrmFaults } from "./random-crm-faults.js";
import { seededRandom } from "./seeded-random.js";

const ada = { kind: "contact", fields: { email: "ada@example.com", title: "CTO" } } as const;
const SINCE = { since: "2000-01-01T00:00:00Z" };

async function changesOf(provider: CRMProvider, from: { cursor: string } | { since: string } = SINCE) {
  const pages: CrmChanges<"contact">[] = [];
  for await (const page of provider.changes("contact", from)) pages.push(page);
  return { ids: pages.flatMap(({ records }) => records.map(({ id }) => id)), pages };
}

describe("createCrmDouble", () => {
  it("keeps what is written, and takes away what is null", async () => {
    const { provider, world } = createCrmDouble();
    const { id } = await provider.create({ ...ada, custom: { tier: "gold" } });
    await provider.update({ kind: "contact", id, fields: { title: null, phone: "+4930123" } });
    expect(await provider.get("contact", id)).toMatchObject({
      fields: { email: "ada@example.com", phone: "+4930123" },
      custom: { tier: "gold" },
    });
    expect(world.read("contact", id)?.fields).not.toHaveProperty("title");
  });

  it("counts creates by what they hold", async () => {
    const { provider, world } = createCrmDouble({ faults: () => ({ type: "response-lost" }) });
    await expect(provider.create(ada)).rejects.toMatchObject({
      code: "service.unavailable",
      replay: "unsafe",
    });
    expect(world.created("contact", ({ email }) => email === "ada@example.com")).toBe(1);
    expect(world.created("contact", ({ email }) => email === "bob@example.com")).toBe(0);
    expect([world.calls(), world.calls("create")]).toEqual([1, 1]);
  });

  it.each(["survivor", "third-record"] as const)("merges into a %s to which all ids lead", async (merge) => {
    const { provider, world } = createCrmDouble({ merge });
    const [first, second] = [world.create(ada), world.create({ kind: "contact", fields: { phone: "+49" } })];
    const deal = world.create({ kind: "deal", fields: { name: "Deal" }, links: { contact: [second] } });
    const id = world.merge("contact", first, second);
    expect(id === first).toBe(merge === "survivor");
    const found = await provider.getMany("contact", [second, first, id]);
    expect(found.map((record) => record?.id)).toEqual([id, id, id]);
    expect(found[0]?.fields).toEqual({ ...ada.fields, phone: "+49" });
    expect(found[0]?.mergedIds).toContain(second);
    expect((await provider.get("deal", deal))?.links).toEqual({ contact: [id] });
    await expect(
      provider.update({ kind: "contact", id: second, fields: { title: "CIO" } }),
    ).rejects.toMatchObject({
      code: "crm.not_found",
      facts: { mergedInto: id },
    });
    const { pages } = await changesOf(provider);
    expect(pages.flatMap(({ removed }) => removed)).toContainEqual(
      expect.objectContaining({ id: second, mergedInto: id }),
    );
  });

  it("forgets where merged ids led, if it is told to", async () => {
    const { provider, world } = createCrmDouble({ mergedIds: "gone" });
    const [first, second] = [world.create(ada), world.create(ada)];
    world.merge("contact", first, second);
    expect(await provider.get("contact", second)).toBe(undefined);
  });

  it("brings back what was removed", async () => {
    const { provider, world } = createCrmDouble();
    const id = world.create(ada);
    world.remove("contact", id);
    expect(await provider.get("contact", id)).toBe(undefined);
    world.restore("contact", id);
    expect((await provider.lookup({ kind: "contact", email: "ADA@example.com" })).records).toHaveLength(1);
  });

  it("refuses a second record with the same key, and tells the first one's id", async () => {
    const { provider, world } = createCrmDouble({ unique: { contact: ["email"] } });
    const id = world.create(ada);
    await expect(provider.create(ada)).rejects.toMatchObject({
      code: "crm.exists",
      facts: { recordId: id },
    });
  });

  it("finds by an index only after its lag, and never says that it is certain", async () => {
    const { provider, world } = createCrmDouble();
    world.create({ kind: "contact", fields: { phone: "+4930123" } });
    const find = () => provider.lookup({ kind: "contact", phone: "+4930123" });
    expect(await find()).toEqual({ records: [], certain: false });
    world.pass(10_000);
    expect((await find()).records).toHaveLength(1);
    await expect(provider.lookup({ kind: "contact", name: "Ada" })).rejects.toMatchObject({
      code: "crm.unsupported",
    });
  });

  it("stamps with microseconds that differ, or with seconds that tie", () => {
    const fine = createCrmDouble({ stamps: { digits: 6, ties: false } }).world;
    fine.create(ada);
    fine.create(ada);
    expect(fine.records("contact").map(({ updatedAt }) => updatedAt)).toEqual([
      "2026-01-05T12:00:00.000000+00:00",
      "2026-01-05T12:00:00.000001+00:00",
    ]);
    const coarse = createCrmDouble({ stamps: { digits: 0 } }).world;
    coarse.create(ada);
    coarse.pass(999);
    coarse.create(ada);
    expect(coarse.records("contact").map(({ updatedAt }) => updatedAt)).toEqual([
      "2026-01-05T12:00:00Z",
      "2026-01-05T12:00:00Z",
    ]);
  });

  it("moves a stamp once more by itself, and tells so", async () => {
    const { provider, world } = createCrmDouble({ stamps: { bumpAfterMs: 15_000 } });
    const id = world.create(ada);
    const { pages } = await changesOf(provider);
    world.pass(15_000);
    expect(world.read("contact", id)?.updatedAt).toBe("2026-01-05T12:00:15.000Z");
    const cursor = pages.at(-1)?.cursor ?? "";
    expect((await changesOf(provider, { cursor })).ids).toEqual([id]);
    world.pass(60_000);
    expect(world.read("contact", id)?.updatedAt).toBe("2026-01-05T12:00:15.000Z");
  });

  it("rewrites what it is given", async () => {
    const { provider } = createCrmDouble({ rewrites: ["phone", "case", "trim", "truncate"], maxChars: 10 });
    const fields = {
      ...{ firstName: "ada", email: "Ada@Example.com", phone: "+49 (30) 123", otherPhones: ["+1 2"] },
      title: "  Head   of Engineering",
    };
    expect((await provider.create({ kind: "contact", fields })).fields).toEqual({
      ...{
        firstName: "Ada",
        email: "ada@exampl",
        phone: "+4930123",
        otherPhones: ["+12"],
        title: "Head of En",
      },
    });
  });

  it("lies in a walk when a fault says so", async () => {
    const lies = ["truncated", "filtered"] as const;
    const walks = lies.map(async (type) => {
      const { provider, world } = createCrmDouble({ pageSize: 4, faults: () => ({ type }) });
      for (let count = 0; count < 8; count += 1) world.create(ada);
      const pages = [];
      for await (const page of provider.list("contact")) pages.push(page);
      return [pages.flatMap(({ records }) => records).length, pages.at(-1)?.complete];
    });
    expect(await Promise.all(walks)).toEqual([
      [4, true],
      [4, true],
    ]);
  });

  it("throws what a fault brings, before the work or after it", async () => {
    const crash = new Error("crash");
    for (const when of ["before", "after"] as const) {
      const { provider, world } = createCrmDouble({ faults: () => ({ type: "throw", error: crash, when }) });
      await expect(provider.create(ada)).rejects.toBe(crash);
      expect(world.standing("contact")).toHaveLength(when === "after" ? 1 : 0);
    }
  });

  it("tells what became of each row of a batch", async () => {
    const { provider, world } = createCrmDouble({
      refuses: (_, { title }) => (title === "bad" ? "title" : undefined),
      faults: ({ draft }) => (draft?.fields === lost ? { type: "response-lost" } : undefined),
      kinds: { contact: { maxBatch: 2 } },
    });
    const lost = { title: "lost" };
    const drafts = [{ title: "good" }, { title: "bad" }, lost, { title: "fine" }];
    const written = await provider.writeMany(
      drafts.map((fields) => ({ op: "create", draft: { kind: "contact", fields } })),
    );
    expect(written.map(({ status }) => status)).toEqual(["written", "refused", "unknown", "written"]);
    expect(world.records("contact").map(({ fields }) => fields.title)).toEqual(["good", "lost", "fine"]);
    expect([world.calls("writeMany"), world.requests()]).toEqual([2, 2]);
  });

  it("removes with a record those that can't be without it", async () => {
    const { provider, world } = createCrmDouble({ kinds: { contact: { requiredLink: "company" } } });
    const company = world.create({ kind: "company", fields: { name: "X" } });
    world.create({ ...ada, links: { company: [company] } });
    await provider.remove("company", company);
    expect(world.standing("contact")).toEqual([]);
    await expect(provider.create(ada)).rejects.toMatchObject({ code: "crm.field_invalid" });
  });

  it("loses no change, whatever lags, comes again, comes in disorder or is read from a page's border", async () => {
    const step = fc.record({
      act: fc.constantFrom("create", "edit", "edit", "remove", "merge", "read", "pass"),
      at: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer(), async (steps, seed) => {
        const { provider, world } = createCrmDouble({
          random: seededRandom(seed),
          pageSize: 3,
          feed: { lagMs: 5_000, repeats: 0.3, disorder: true },
          stamps: { bumpAfterMs: 1_000 },
        });
        const seen = new Map<string, CrmRecord<"contact">>();
        let from: { cursor: string } | { since: string } = SINCE;
        const read = async (pagesToRead: number) => {
          let left = pagesToRead;
          for await (const page of provider.changes("contact", from)) {
            for (const record of page.records) seen.set(record.id, record);
            for (const { id } of page.removed) seen.delete(id);
            from = { cursor: page.cursor };
            left -= 1;
            if (left === 0) break;
          }
        };
        for (const { act, at } of steps) {
          const ids = world.standing("contact");
          const [id = "", other = ""] = [ids[at % ids.length], ids[(at + 1) % ids.length]];
          if (act === "create") world.create({ kind: "contact", fields: { title: `${at}` } });
          else if (act === "pass") world.pass(at % 3_000);
          else if (act === "read") await read((at % 2) + 1);
          else if (id === "") continue;
          else if (act === "edit") world.edit({ kind: "contact", id, fields: { title: `${at}` } });
          else if (act === "remove") world.remove("contact", id);
          else if (id !== other) world.merge("contact", id, other);
        }
        world.pass(10_000);
        await read(Number.POSITIVE_INFINITY);
        const standing = world.records("contact");
        expect([...seen.keys()].sort()).toEqual(standing.map(({ id }) => id).sort());
        for (const record of standing) expect(seen.get(record.id)?.fields).toEqual(record.fields);
      }),
      { numRuns: 200 },
    );
  });

  it("goes the same way for the same seed", async () => {
    const run = async () => {
      const random = seededRandom(7);
      const { provider, world } = createCrmDouble({
        random,
        faults: randomCrmFaults(random, { "response-lost": 0.2, "rate-limited": 0.2 }),
      });
      const ends: string[] = [];
      for (let count = 0; count < 50; count += 1) {
        await provider.create(ada).then(
          ({ id }) => ends.push(id),
          (error: unknown) => ends.push(SalesAgentError.is(error) ? error.code : "?"),
        );
      }
      return { ends, standing: world.standing("contact") };
    };
    const first = await run();
    expect(await run()).toEqual(first);
    expect(new Set(first.ends).has("service.rate_limited")).toBe(true);
    expect(() => randomCrmFaults(seededRandom(1), { "response-lost": 0.7, "request-lost": 0.7 })).toThrow(
      RangeError,
    );
  });

  it("can't let time pass on a clock that isn't moved by hand", () => {
    const { now, elapsed, schedule } = manualClock();
    const { world } = createCrmDouble({ clock: { now, elapsed, schedule } });
    expect(() => world.pass(1)).toThrow(TypeError);
  });
});
