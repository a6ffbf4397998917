import type { LeadDraft, TenantStorage } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { memoryStorage } from "./memory-storage.js";

const draft = (name: string, changes: Partial<LeadDraft> = {}): LeadDraft => ({
  company: { name, provenance: {} },
  source: "csv:a.csv",
  keys: [`name:${name}`],
  ...changes,
});

async function insertOne(tenant: TenantStorage, name: string): Promise<string> {
  const [outcome] = await tenant.leads.insertMany([draft(name)]);
  return outcome?.id ?? "";
}

describe("a transaction in memory", () => {
  it("runs again when a call outside of it wrote what it wrote", async () => {
    const tenant = memoryStorage().tenant("acme");
    const id = await insertOne(tenant, "one");
    let tries = 0;
    const lead = await tenant.transaction(async ({ leads }) => {
      tries += 1;
      if (tries === 1) await tenant.leads.replace(id, draft("one", { stage: "contacted" }));
      const before = await leads.get(id);
      return leads.replace(id, draft("one", { custom: { before: before?.stage ?? "" } }));
    });
    expect(tries).toBe(2);
    expect(lead).toMatchObject({ revision: "3", custom: { before: "contacted" } });
    expect(await tenant.leads.get(id)).toEqual(lead);
  });

  it("runs again when a call outside of it claimed a key that it claimed", async () => {
    const tenant = memoryStorage().tenant("acme");
    let tries = 0;
    const outcomes = await tenant.transaction(async ({ leads }) => {
      tries += 1;
      const mine = await leads.insertMany([draft("one")]);
      if (tries === 1) await insertOne(tenant, "one");
      return mine;
    });
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["duplicate"]);
    expect(await tenant.leads.count()).toBe(1);
  });

  it("is given up when it collides every time", async () => {
    const tenant = memoryStorage().tenant("acme");
    const id = await insertOne(tenant, "one");
    const pending = tenant.transaction(async ({ leads }) => {
      await tenant.leads.replace(id, draft("one"));
      await leads.replace(id, draft("one"));
    });
    await expect(pending).rejects.toMatchObject({ code: "store.unavailable", replay: "safe" });
  });

  it("does not mind writes outside of it to other records", async () => {
    const tenant = memoryStorage().tenant("acme");
    const id = await insertOne(tenant, "one");
    let tries = 0;
    await tenant.transaction(async ({ leads }) => {
      tries += 1;
      await leads.replace(id, draft("one"));
      await insertOne(tenant, "two");
    });
    expect(tries).toBe(1);
    expect(await tenant.leads.count()).toBe(2);
  });

  it("lets a caller who waits for its turn go when he aborts, and the next one in", async () => {
    const tenant = memoryStorage().tenant("acme");
    let finish: () => void = () => {};
    const first = tenant.transaction(() => new Promise<void>((resolve) => (finish = resolve)));
    const caller = new AbortController();
    const second = tenant.transaction(async () => "never", { signal: caller.signal });
    const third = tenant.transaction(async () => "third");
    const reason = new Error("enough");
    caller.abort(reason);
    await expect(second).rejects.toBe(reason);
    finish();
    await first;
    expect(await third).toBe("third");
  });

  it("pages over stored and added rows as over one list", async () => {
    const tenant = memoryStorage().tenant("acme");
    const run = (id: string, second: number) => ({
      ...{ id, agent: "a", status: "running" as const, input: null },
      startedAt: new Date(second * 1000).toISOString(),
    });
    for (const [id, second] of [
      ["s1", 1],
      ["s3", 3],
      ["s5", 5],
    ] as const)
      await tenant.runs.create(run(id, second));
    await tenant.transaction(async ({ runs }) => {
      for (const [id, second] of [
        ["t2", 2],
        ["t3", 3],
        ["t6", 6],
      ] as const)
        await runs.create(run(id, second));
      await runs.update("s3", { status: "failed" });
      const ids: string[] = [];
      let after: string | undefined;
      do {
        const page = await runs.list({}, { limit: 2, after });
        ids.push(...page.items.map((item) => `${item.id}:${item.status}`));
        after = page.next;
      } while (after !== undefined);
      expect(ids).toEqual([
        "t6:running",
        "s5:running",
        "t3:running",
        "s3:failed",
        "t2:running",
        "s1:running",
      ]);
    });
    const stored = (await tenant.runs.list()).items.map((item) => item.id);
    expect(stored).toEqual(["t6", "s5", "t3", "s3", "t2", "s1"]);
  });
});

describe("records in memory", () => {
  it("can't be changed by who reads them", async () => {
    const tenant = memoryStorage().tenant("acme");
    const id = await insertOne(tenant, "one");
    const lead = await tenant.leads.get(id);
    expect(() => Object.assign(lead?.company ?? {}, { name: "changed" })).toThrow(TypeError);
    expect(() => Object.assign(lead ?? {}, { stage: "won" })).toThrow(TypeError);
  });

  it("carry the ids and times that the host gives", async () => {
    let count = 0;
    const clock = { now: () => 1_777_000_000_000, elapsed: () => 0, schedule: () => ({ cancel: () => {} }) };
    const tenant = memoryStorage({ clock, createId: () => `lead-${count++}` }).tenant("acme");
    expect(await insertOne(tenant, "one")).toBe("lead-0");
    expect(await tenant.leads.get("lead-0")).toMatchObject({ createdAt: "2026-04-24T03:06:40.000Z" });
  });
});
