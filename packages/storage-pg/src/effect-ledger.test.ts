import { createApprovals, createEffects, defineEffect, frequencyCap } from "@salesagent/core/effects";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
});

afterAll(() => database[Symbol.asyncDispose]());

const connect = () => postgres({ connectionString: database.url, maxConnections: 4 });
const HOUR_MS = 3_600_000;

function mailbox() {
  const sent = new Map<string, number>();
  const mail = defineEffect<string, string>({
    name: "email_send",
    target: (to) => to,
    act: (_, { key }) => {
      sent.set(key, (sent.get(key) ?? 0) + 1);
      return "sent";
    },
  });
  return { sent, mail };
}

describe("the effect ledger on Postgres", () => {
  it("does each effect once, however many processes ask for it at once", async () => {
    await using one = connect();
    await using two = connect();
    const { sent, mail } = mailbox();
    const ledgers = [one, two].map((storage) => createEffects({ storage }));
    const call = (step: number) => ({ tenant: "once", runId: "r1", step: String(step), input: "ada" });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, index) => ledgers[index % 2]?.run(mail, call(index % 10))),
    );
    expect([...sent.values()]).toEqual(Array(10).fill(1));
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "effect.in_progress" });
      else expect(outcome.value).toBe("sent");
    }
    for (let step = 0; step < 10; step++) expect(await ledgers[1]?.run(mail, call(step))).toBe("sent");
    expect(sent.size).toBe(10);
  });

  it("lets one more through a cap that has room for one, of many processes that ask at once", async () => {
    await using one = connect();
    await using two = connect();
    const { sent, mail } = mailbox();
    const gates = [frequencyCap({ max: 10, perMs: HOUR_MS })];
    const ledgers = [one, two].map((storage) => createEffects({ storage, gates }));
    const send = (step: string, ledger = 0) =>
      ledgers[ledger]?.run(mail, { tenant: "capped", runId: "r1", step, input: "ada" });
    for (let count = 0; count < 9; count++) await send(`before-${count}`);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => send(`at-once-${index}`, index % 2)),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "effect.refused" });
    }
    expect(sent.size).toBe(10);
    const { items } = await one.tenant("capped").effects.list();
    expect(items.map(({ status }) => status)).toEqual(Array(10).fill("done"));
    expect((await one.tenant("capped").audit.list({ action: "effect-refused" })).items).toHaveLength(11);
  });

  it("uses an approval once, and runs what the person wrote", async () => {
    await using storage = connect();
    const effects = createEffects({ storage });
    const approvals = createApprovals({ storage });
    const acted: unknown[] = [];
    const mail = defineEffect<{ readonly to: string; readonly body: string }, string>({
      name: "email_send",
      target: ({ to }) => to,
      approval: true,
      act: (input) => `sent ${acted.push(input)}`,
    });
    const send = () =>
      effects.run(mail, { tenant: "acme", runId: "r1", step: "s", input: { to: "ada", body: "Hi" } });
    await expect(send()).rejects.toMatchObject({ code: "approval.required" });
    const [request] = (await approvals.list({ tenant: "acme" })).items;
    const decision = { tenant: "acme", by: "user:1", editedArguments: { to: "ada", body: "Dear Ada" } };
    const id = request?.id ?? "";
    await expect(approvals.approve(id, { ...decision, tenant: "other" })).rejects.toMatchObject({
      facts: { problem: "unknown" },
    });
    const decided = await Promise.allSettled([
      approvals.approve(id, decision),
      approvals.approve(id, decision),
    ]);
    expect(decided.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await send()).toBe("sent 1");
    expect(await send()).toBe("sent 1");
    expect(acted).toEqual([{ to: "ada", body: "Dear Ada" }]);
    expect(await approvals.get(id, { tenant: "acme" })).toMatchObject({
      status: "used",
      decidedBy: "user:1",
    });
  });
});
