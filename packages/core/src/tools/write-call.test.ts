import { manualClock } from "@salesagent/conformance";
import { type JsonValue, SalesAgentError } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { createApprovals, createEffects, EffectSlots } from "../effects/index.js";
import { defineTool, type WriteToolDefinition } from "./define-tool.js";
import { runTool } from "./run-tool.js";
import type { AnyTool, Tool, WriteContext } from "./tool.js";
import type { WriteGuard } from "./write-guard.js";

const Mail = z.object({ to: z.string(), body: z.string().max(100).default("Hello.") });
type Mail = z.infer<typeof Mail>;
const tenant = "acme";

function setup(overrides: Partial<WriteToolDefinition<Mail, unknown>> = {}) {
  const clock = manualClock();
  const storage = memoryStorage({ clock });
  const sent: (Mail & { readonly key: string })[] = [];
  const mail = defineTool<Mail, unknown>({
    name: "email_send",
    description: "Sends a mail.",
    input: Mail,
    effect: "write",
    target: ({ to }) => to.toLowerCase(),
    run: (input, { idempotencyKey }) => ({ n: sent.push({ ...input, key: idempotencyKey }) }),
    ...overrides,
  });
  const effects = createEffects({ storage, clock });
  /** A run, as it is made each time that the work is begun again. */
  const begin = (more: Partial<WriteGuard> = {}) => {
    const guard = { effects, agent: "bdr", runId: "r1", slots: new EffectSlots("draft"), ...more };
    return (input: JsonValue = { to: "ada@figma.com" }, tool: AnyTool = mail) =>
      runTool(
        new Map([[tool.name, tool]]),
        { type: "tool-call", callId: crypto.randomUUID(), name: tool.name, input },
        { tenant, runId: "attempt", signal: new AbortController().signal, clock },
        guard,
      );
  };
  const approvals = createApprovals({ storage, clock });
  return { clock, storage, sent, mail, begin, approvals };
}

describe("a tool that writes", () => {
  it("is run once for each call of a run, whatever the model writes when the run is begun again", async () => {
    const { begin, sent } = setup();
    const first = begin();
    expect(await first()).toMatchObject({ output: { n: 1 }, failed: false });
    expect(await first()).toMatchObject({ output: { n: 2 } });
    const again = begin();
    expect(await again({ to: "ADA@figma.com", body: "In other words." })).toMatchObject({ output: { n: 1 } });
    expect(await again()).toMatchObject({ output: { n: 2 } });
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map(({ key }) => key)).size).toBe(2);
  });

  it("is the same call again when the calls of one answer come in another order", async () => {
    const { begin, sent } = setup();
    const calls = [{ to: "ada@figma.com" }, { to: "bo@figma.com" }, { to: "ada@figma.com", body: "And." }];
    const [first, again] = [begin(), begin()];
    await Promise.all(calls.map((input) => first(input)));
    await Promise.all([calls[1], calls[0], calls[2]].map((input) => again(input)));
    expect(sent).toHaveLength(3);
  });

  it("that failed for sure is tried again as the same effect", async () => {
    let broken = true;
    const { begin, storage, sent } = setup({
      run: (input) => {
        if (!broken) return { n: sent.push({ ...input, key: "" }) };
        throw new SalesAgentError("service.rate_limited", {
          message: "Try later.",
          facts: { service: "smtp" },
          replay: "safe",
        });
      },
    });
    const call = begin();
    expect(await call()).toMatchObject({ failed: true, errorCode: "service.rate_limited" });
    broken = false;
    expect(await call()).toMatchObject({ failed: false });
    expect(await begin()()).toMatchObject({ output: { n: 1 } });
    const { items } = await storage.tenant(tenant).effects.list();
    expect(items).toMatchObject([{ status: "done", attempts: 2, runId: "r1" }]);
  });

  it("ends the run when nobody knows whether it happened, instead of letting the model try again", async () => {
    const { begin } = setup({ run: () => Promise.reject(new Error("socket hang up")) });
    const call = begin();
    await expect(call()).rejects.toMatchObject({ code: "effect.unknown" });
    await expect(call()).rejects.toMatchObject({ code: "effect.unknown" });
  });

  it("gives its lookup the checked input and what it was known by", async () => {
    const asked: unknown[] = [];
    let key = "";
    const { begin } = setup({
      run: (_, { idempotencyKey }: WriteContext) => {
        key = idempotencyKey;
        throw new Error("cut");
      },
      lookup: (input, record, { idempotencyKey }) => {
        asked.push(input, record.target, idempotencyKey);
        return { happened: true, result: { found: true } };
      },
    });
    expect(await begin()()).toMatchObject({ output: { found: true }, failed: false });
    expect(asked).toEqual([{ to: "ada@figma.com", body: "Hello." }, "ada@figma.com", key]);
  });

  it("tells the model what a gate or a person says", async () => {
    const closed = { name: "closed", check: () => ({ allowed: false, reason: "a customer" }) as const };
    const { begin } = setup({ gates: [closed] });
    expect(await begin()()).toMatchObject({
      failed: true,
      errorCode: "effect.refused",
      output: expect.stringContaining("a customer"),
    });
  });

  it("checks its input before anything is claimed", async () => {
    const { begin, storage } = setup();
    expect(await begin()({ to: 5 })).toMatchObject({ failed: true, errorCode: "tool.input_invalid" });
    expect((await storage.tenant(tenant).effects.list()).items).toEqual([]);
  });

  it("tells the model not to call it again when its output is bad but the deed is done", async () => {
    const { begin, sent } = setup({ output: z.object({ id: z.string() }) });
    const outcome = await begin()();
    expect(outcome).toMatchObject({ failed: true, errorCode: "tool.output_invalid" });
    expect(outcome.output).toContain("is done; do not call it again");
    expect(sent).toHaveLength(1);
  });

  it("stops waiting when its time is up, and the run with it", async () => {
    const { begin, clock } = setup({ timeoutMs: 500, run: () => new Promise(() => clock.advance(500)) });
    await expect(begin()()).rejects.toMatchObject({ code: "effect.unknown" });
  });

  it("can't be run in a world that names no ledger", async () => {
    const { mail, clock, sent } = setup();
    const call = { type: "tool-call", callId: "c", name: "email_send", input: { to: "a" } } as const;
    const context = { tenant, runId: "r1", signal: new AbortController().signal, clock };
    expect(await runTool(new Map([["email_send", mail]]), call, context)).toMatchObject({
      errorCode: "tool.effect_unguarded",
    });
    expect(sent).toEqual([]);
  });
});

describe("a tool that wants approval", () => {
  it("ends the run until a person has decided, and runs what the person wrote", async () => {
    const { begin, approvals, sent } = setup({ approval: true });
    await expect(begin()()).rejects.toMatchObject({ code: "approval.required" });
    const [request] = (await approvals.list({ tenant, runId: "r1" })).items;
    const editedArguments = { to: "ada@figma.com", body: "Dear Ada" };
    await approvals.approve(request?.id ?? "", { tenant, by: "user:1", editedArguments });
    expect(await begin()()).toMatchObject({ output: { n: 1 } });
    expect(sent).toMatchObject([editedArguments]);
  });

  it("checks what the person wrote by its own schema", async () => {
    const { begin, approvals, sent } = setup({ approval: true });
    await expect(begin()()).rejects.toMatchObject({ code: "approval.required" });
    const [request] = (await approvals.list({ tenant })).items;
    const editedArguments = { to: "ada@figma.com", body: "x".repeat(101) };
    await approvals.approve(request?.id ?? "", { tenant, by: "user:1", editedArguments });
    expect(await begin()()).toMatchObject({ failed: true, errorCode: "tool.input_invalid" });
    expect(sent).toEqual([]);
  });

  it("tells the model that a person refused", async () => {
    const { begin, approvals } = setup({ approval: true });
    const call = begin({
      onApprovalRequired: ({ id }) => approvals.refuse(id, { tenant, by: "user:1", reason: "Too early." }),
    });
    expect(await call()).toMatchObject({
      failed: true,
      errorCode: "approval.invalid",
      output: expect.stringContaining("Too early."),
    });
  });

  it("lets out unchanged what whoever waits throws", async () => {
    const { begin } = setup({ approval: true });
    const signal = { waits: true };
    const call = begin({ onApprovalRequired: () => Promise.reject(signal) });
    await expect(call()).rejects.toBe(signal);
  });
});

describe("defineTool", () => {
  it("knows the types of what it is given, and asks for a target of those that write alone", () => {
    const basics = { name: "x", description: "X.", input: Mail };
    const read = defineTool({ ...basics, effect: "read", run: ({ to }) => to.length });
    expectTypeOf(read).toEqualTypeOf<Tool<Mail, number>>();
    defineTool({
      ...basics,
      effect: "write",
      target: ({ to }) => to,
      lookup: ({ body }, { key }) => ({ happened: true, result: body.length + key.length }),
      approval: { when: ({ body }) => body.length > 10 },
      run: ({ body }, { idempotencyKey }) => body.length + idempotencyKey.length,
    });
    // @ts-expect-error: whom does it write to?
    expect(() => defineTool({ ...basics, effect: "write", run: () => 1 })).toThrow(TypeError);
    // @ts-expect-error: what changes nothing has no key for the vendor
    defineTool({ ...basics, effect: "read", run: (_, { idempotencyKey }) => String(idempotencyKey) });
  });

  it("refuses a tool that writes without saying to whom", () => {
    expect(() => setup({ target: undefined as never })).toThrow("tools.email_send.target");
  });

  it("refuses an approval that has expired before it is asked for", () => {
    expect(() => setup({ approval: { expiresInMs: 0 } })).toThrow("tools.email_send.approval.expiresInMs");
  });
});
