import { manualClock } from "@salesagent/conformance";
import type { ApprovalRecord, JsonValue } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { requireApproval } from "./approval-policy.js";
import { createApprovals } from "./approvals.js";
import { defineEffect, type Effect, type EffectCall } from "./effect.js";
import { createEffects } from "./effects.js";
import type { Gate } from "./gate.js";

interface Mail {
  readonly to: string;
  readonly body: string;
}

const ada: Mail = { to: "ada@figma.com", body: "Hello." };
const tenant = "acme";
const by = "user:42";
const DAY_MS = 86_400_000;

function setup(overrides: Partial<Effect<Mail, string>> = {}, gates: readonly Gate[] = []) {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const sent: Mail[] = [];
  const mail = defineEffect<Mail, string>({
    name: "email_send",
    target: ({ to }) => to,
    approval: { expiresInMs: DAY_MS },
    act: (input) => `sent ${sent.push(input)}`,
    ...overrides,
  });
  const effects = createEffects({ storage, clock, gates });
  const approvals = createApprovals({ storage, clock });
  const send = (input: Mail = ada, other: Partial<EffectCall<Mail>> = {}) =>
    effects.run(mail, { tenant, runId: "r1", step: "send", agent: "bdr", input, ...other });
  /** Asks, and gives the request that stands. */
  const request = async (
    input: Mail = ada,
    other: Partial<EffectCall<Mail>> = {},
  ): Promise<ApprovalRecord> => {
    await expect(send(input, other)).rejects.toMatchObject({ code: "approval.required" });
    const [latest] = (await approvals.list({ tenant: other.tenant ?? tenant })).items;
    if (!latest) throw new Error("nothing was requested");
    return latest;
  };
  const audit = async (of = tenant) =>
    (await storage.tenant(of).audit.list()).items.map(({ actor, action, facts }) => ({
      actor,
      action,
      facts,
    }));
  const problems = async (of = tenant) =>
    (await audit(of))
      .filter(({ action }) => action === "approval-rejected")
      .map(({ facts }) => facts["problem"]);
  return { clock, storage, sent, mail, effects, approvals, send, request, audit, problems };
}

describe("an approval", () => {
  it("is asked for with the arguments, and lets the call through once a person has given it", async () => {
    const { send, sent, request, approvals, audit } = setup();
    const { id, ...record } = await request();
    expect(record).toMatchObject({
      agent: "bdr",
      tool: "email_send",
      callId: "send",
      runId: "r1",
      arguments: ada,
      status: "pending",
      expiresAt: "2026-01-06T12:00:00.000Z",
    });
    expect(record.argumentsHash).toMatch(/^[\w-]{43}$/);
    expect(sent).toEqual([]);

    await approvals.approve(id, { tenant, by, reason: "Fine." });
    expect(await send()).toBe("sent 1");
    expect(await approvals.get(id, { tenant })).toMatchObject({ status: "used", decidedBy: by });
    expect(await audit()).toMatchObject([
      { action: "approval-requested", actor: "agent:bdr" },
      { action: "approval-approved", actor: by, facts: { argumentsHash: record.argumentsHash } },
      { action: "effect-done", facts: { approvalId: id, argumentsHash: record.argumentsHash } },
    ]);
  });

  it("is requested once, however often it is waited for", async () => {
    const { request, approvals } = setup();
    expect((await request()).id).toBe((await request()).id);
    expect((await approvals.list({ tenant, status: "pending" })).items).toHaveLength(1);
  });

  it("runs what the person changed the arguments to, and says so", async () => {
    const { send, sent, request, approvals, audit, storage } = setup();
    const { id, argumentsHash } = await request();
    const editedArguments = { to: "bo@figma.com", body: "Dear Bo" };
    const { editedArgumentsHash } = await approvals.approve(id, { tenant, by, editedArguments });
    expect(await send()).toBe("sent 1");
    expect(sent).toEqual([editedArguments]);
    expect((await storage.tenant(tenant).effects.list()).items).toMatchObject([
      { target: "bo@figma.com", input: editedArguments },
    ]);
    expect(editedArgumentsHash).not.toBe(argumentsHash);
    expect((await audit()).at(-1)).toMatchObject({
      action: "effect-done",
      facts: { argumentsHash: editedArgumentsHash },
    });
  });

  it("has edited arguments checked as the model's are", async () => {
    const { send, sent, request, approvals } = setup({
      parse: (input: JsonValue) => {
        if (typeof input !== "object" || input === null || !("to" in input)) throw new TypeError("no `to`");
        return input as unknown as Mail;
      },
    });
    const { id } = await request();
    await approvals.approve(id, { tenant, by, editedArguments: { body: "to nobody" } });
    await expect(send()).rejects.toThrow("no `to`");
    expect(sent).toEqual([]);
  });

  it("is waited for by whoever can wait, and is not taken from what the waiter says", async () => {
    const { send, approvals, sent } = setup();
    const waited = send(ada, {
      onApprovalRequired: ({ id }) => approvals.approve(id, { tenant, by }),
    });
    expect(await waited).toBe("sent 1");
    const forged = send(ada, {
      step: "other",
      onApprovalRequired: async (approval) => ({ ...approval, status: "approved", decidedBy: "user:1" }),
    });
    await expect(forged).rejects.toMatchObject({ code: "approval.required" });
    expect(sent).toHaveLength(1);
  });

  it("lets the same effect be tried again after it failed for sure, and nothing else", async () => {
    let broken = true;
    const { send, request, approvals, clock } = setup({
      lookup: () => ({ happened: false }),
      act: () => {
        if (broken) throw new Error("away");
        return "sent";
      },
    });
    await approvals.approve((await request()).id, { tenant, by });
    await expect(send()).rejects.toThrow("away");
    broken = false;
    clock.advance(1_000);
    expect(await send()).toBe("sent");
  });

  it.each(["\0".repeat(10), "\ud800", "x".repeat(10_000), ""])("takes any id of a call", async (callId) => {
    const { request, approvals, send } = setup();
    await approvals.approve((await request(ada, { callId })).id, { tenant, by });
    expect(await send(ada, { callId: "another" })).toBe("sent 1");
  });

  it("is only wanted where its rule says so", async () => {
    const { send, sent } = setup({ approval: { when: ({ body }) => body.length > 100 } });
    await send();
    expect(sent).toHaveLength(1);
    await expect(send({ ...ada, body: "x".repeat(101) }, { step: "long" })).rejects.toMatchObject({
      code: "approval.required",
    });
  });

  it("can be wanted of every effect by a gate", async () => {
    const { sent, request, send, approvals } = setup({ approval: undefined }, [
      requireApproval({ when: ({ effect }) => effect === "email_send" }),
    ]);
    await approvals.approve((await request()).id, { tenant, by });
    await send();
    expect(sent).toEqual([ada]);
  });

  it("is not asked for what another gate forbids", async () => {
    const closed: Gate = { name: "closed", check: () => ({ allowed: false, reason: "no" }) };
    const { send, approvals } = setup({}, [closed]);
    await expect(send()).rejects.toMatchObject({ code: "effect.refused", facts: { gate: "closed" } });
    expect((await approvals.list({ tenant })).items).toEqual([]);
  });
});

describe("an approval that is not valid", () => {
  it("is refused to a person's refusal, whose words the caller is told", async () => {
    const { send, sent, request, approvals, problems } = setup();
    await approvals.refuse((await request()).id, { tenant, by, reason: "We know her." });
    await expect(send()).rejects.toMatchObject({
      code: "approval.invalid",
      facts: { problem: "refused" },
      message: expect.stringContaining("We know her."),
    });
    expect(sent).toEqual([]);
    expect(await problems()).toEqual(["refused"]);
  });

  it.each<[string, Mail, Partial<EffectCall<Mail>>]>([
    ["other arguments", { ...ada, body: "Buy now!" }, {}],
    ["another step", ada, { step: "again" }],
    ["another run", ada, { runId: "r2" }],
    ["another agent", ada, { agent: "growth" }],
    ["another tenant", ada, { tenant: "other" }],
  ])("is not taken for %s", async (_, input, other) => {
    const { send, sent, request, approvals } = setup();
    await approvals.approve((await request()).id, { tenant, by });
    await expect(send(input, other)).rejects.toMatchObject({ code: "approval.required" });
    expect(sent).toEqual([]);
  });

  it.each([
    ["as they were asked for", {}],
    ["as a person edited them", { editedArguments: { to: "bo@figma.com", body: "Dear Bo" } }],
  ])("is not taken for arguments, %s, that were changed in the store", async (_, edits) => {
    const { send, sent, mail, request, approvals, storage, problems } = setup();
    const { id } = await request();
    await approvals.approve(id, { tenant, by, ...edits });
    const stores = storage.tenant(tenant);
    const tampered = createEffects({
      storage: {
        tenant: () => ({
          ...stores,
          approvals: {
            ...stores.approvals,
            get: async (wanted) => {
              const record = await stores.approvals.get(wanted);
              return record && { ...record, editedArguments: { to: "eve@x.com", body: "Hi" } };
            },
          },
        }),
      },
      clock: manualClock(),
    });
    await expect(
      tampered.run(mail, { tenant, runId: "r1", step: "send", agent: "bdr", input: ada }),
    ).rejects.toMatchObject({ code: "approval.invalid", facts: { problem: "other-arguments" } });
    expect(sent).toEqual([]);
    expect(await problems()).toEqual(["other-arguments"]);
    expect(await send()).toBe("sent 1");
  });

  it("expires, before it is decided and after", async () => {
    const { send, sent, request, approvals, clock, problems } = setup();
    const undecided = await request();
    const decided = await request(ada, { step: "other" });
    await approvals.approve(decided.id, { tenant, by });
    clock.advance(DAY_MS);
    await expect(approvals.approve(undecided.id, { tenant, by })).rejects.toMatchObject({
      code: "approval.invalid",
      facts: { problem: "expired" },
    });
    for (const step of ["send", "other"]) {
      await expect(send(ada, { step })).rejects.toMatchObject({ facts: { problem: "expired" } });
    }
    expect(sent).toEqual([]);
    expect(await problems()).toEqual(["expired", "expired", "expired"]);
  });

  it("is decided once, of persons side by side by one", async () => {
    const { request, approvals, problems } = setup();
    const { id } = await request();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, person) =>
        person % 2
          ? approvals.approve(id, { tenant, by: `user:${person}` })
          : approvals.refuse(id, { tenant, by: `user:${person}`, reason: "No." }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await problems()).toEqual(Array(9).fill("decided"));
  });

  it("can't be decided again once it was used", async () => {
    const { request, approvals, send, problems } = setup();
    const { id } = await request();
    await approvals.approve(id, { tenant, by });
    await send();
    await expect(approvals.approve(id, { tenant, by })).rejects.toMatchObject({ facts: { problem: "used" } });
    expect(await problems()).toEqual(["used"]);
  });

  it.each(["", " ", "agent:bdr", undefined, 42])("can't be decided by %o", async (nobody) => {
    const { request, approvals, audit } = setup();
    const { id } = await request();
    const decision = { tenant, by: nobody as string };
    await expect(approvals.approve(id, decision)).rejects.toMatchObject({ facts: { problem: "nobody" } });
    expect((await audit()).at(-1)).toMatchObject({ actor: "nobody", action: "approval-rejected" });
    expect(await approvals.get(id, { tenant })).toMatchObject({ status: "pending" });
  });

  it("of another tenant is not there, and the attempt is in the trail of whoever made it", async () => {
    const { request, approvals, problems } = setup();
    const { id } = await request();
    await expect(approvals.approve(id, { tenant: "other", by })).rejects.toMatchObject({
      facts: { problem: "unknown" },
    });
    expect(await approvals.get(id, { tenant: "other" })).toBeUndefined();
    expect(await problems("other")).toEqual(["unknown"]);
    expect(await problems()).toEqual([]);
  });

  it.each(["apr_forged", "", "' or 1=1", "\0", "\ud800", "x".repeat(100_000), 5, null])(
    "can't be decided by the made-up id %o",
    async (id) => {
      const { approvals, problems } = setup();
      await expect(approvals.approve(id as string, { tenant, by })).rejects.toMatchObject({
        code: "approval.invalid",
        facts: { problem: "unknown" },
      });
      expect(await approvals.get(id as string, { tenant })).toBeUndefined();
      expect(await problems()).toEqual(["unknown"]);
    },
  );
});

describe("requireApproval", () => {
  it.each([0, -1, Number.NaN])("refuses an expiry of %d", (expiresInMs) => {
    expect(() => requireApproval({ expiresInMs })).toThrow("requireApproval.expiresInMs");
  });
});
