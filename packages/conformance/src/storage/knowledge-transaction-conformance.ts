import type { TenantStores } from "@salesagent/ports";
import { atOnce } from "./flow-suite.js";
import { sampleFact, sampleMessage, sampleSummary, sampleWorkflow } from "./sample-records.js";
import type { StorageSuite } from "./storage-suite.js";

/** Something of every kind, for later changes. */
async function prepare({ messages, facts, workflows }: TenantStores): Promise<void> {
  for (const thread of ["thread", "dropped"]) {
    await messages.append(thread, [sampleMessage("a"), sampleMessage("b")]);
    await messages.summarise(thread, sampleSummary(0));
  }
  await facts.putMany([sampleFact("1"), sampleFact("2"), sampleFact("3")]);
  for (const version of ["1", "2"]) await workflows.add(sampleWorkflow(version));
}

/** Changes, removes and adds, in each of the stores. */
async function changeAll({ messages, facts, workflows }: TenantStores): Promise<void> {
  await messages.append("thread", [sampleMessage("c")]);
  await messages.summarise("thread", sampleSummary(2));
  await messages.remove("dropped");
  await facts.remove(["1", "2"]);
  await facts.putMany([sampleFact("1", { text: "anew" }), sampleFact("4")]);
  await workflows.add(sampleWorkflow("3"));
  await workflows.activate("welcome", "2");
}

async function readAll({ messages, facts, workflows }: TenantStores) {
  return {
    threads: await Promise.all(["thread", "dropped"].map((thread) => messages.thread(thread))),
    messages: (await messages.list("dropped")).items,
    latest: await messages.latest("thread", { limit: 9 }),
    facts: (await facts.list()).items,
    workflows: (await workflows.list()).items,
  };
}

/** Transactions over threads, facts and workflows. */
export function knowledgeTransactionConformance({ describe, it, expect, open }: StorageSuite): void {
  describe("transactions over threads, facts and workflows", () => {
    it("puts back what was changed and removed when the callback throws", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await prepare(acme);
      const before = await readAll(acme);
      const pending = acme.transaction(async (stores) => {
        await changeAll(stores);
        throw new RangeError("stop");
      });
      await expect(pending).rejects.toMatchObject({ name: "RangeError" });
      expect(await readAll(acme)).toEqual(before);
    });

    it("shows a transaction its own changes, and nobody else before it ends", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await prepare(acme);
      const before = await readAll(acme);
      const seen = await acme.transaction(async (stores) => {
        await changeAll(stores);
        return { inside: await readAll(stores), outside: await readAll(acme) };
      });
      expect(seen.outside).toEqual(before);
      expect(seen.inside.threads).toEqual([
        { threadId: "thread", length: 3, summary: sampleSummary(2) },
        undefined,
      ]);
      expect(seen.inside.messages).toEqual([]);
      expect(seen.inside.facts.map(({ id }) => id)).toEqual(["4", "1", "3"]);
      expect(seen.inside.workflows.map(({ version, active }) => [version, active])).toEqual([
        ["3", false],
        ["2", true],
        ["1", false],
      ]);
      expect(await readAll(acme)).toEqual(seen.inside);
    });

    it("drops a thread and begins it anew in one transaction", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await prepare(acme);
      const first = await acme.transaction(async ({ messages }) => {
        await messages.remove("thread");
        return messages.append("thread", [sampleMessage("new")]);
      });
      expect(first).toBe(0);
      expect(await acme.messages.thread("thread")).toEqual({ threadId: "thread", length: 1 });
      expect((await acme.messages.list("thread")).items).toEqual([
        { threadId: "thread", index: 0, ...sampleMessage("new") },
      ]);
    });

    it("numbers each message once when transactions append to a thread while it is dropped", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await prepare(acme);
      await atOnce(6, (index) =>
        acme.transaction(async ({ messages }) => {
          if (index === 3) await messages.remove("thread");
          else await messages.append("thread", [sampleMessage(`${index}`)]);
        }),
      );
      const { items } = await acme.messages.list("thread");
      expect(items.map(({ index }) => index)).toEqual(items.map((_, index) => index));
      expect((await acme.messages.thread("thread"))?.length ?? 0).toBe(items.length);
    });

    it("leaves one version active when transactions activate several at once", async () => {
      await using storage = await open();
      const acme = storage.tenant("acme");
      await atOnce(4, (index) =>
        acme.transaction(async ({ workflows }) => {
          await workflows.add(sampleWorkflow(`${index}`));
          await workflows.activate("welcome", `${index}`);
        }),
      );
      const { items } = await acme.workflows.list();
      expect([items.length, items.filter(({ active }) => active).length]).toEqual([4, 1]);
    });
  });
}
