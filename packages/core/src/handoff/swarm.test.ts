import type { JsonValue, Message, ModelRequest } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createApprovals, createEffects } from "../effects/index.js";
import { type DurableFlows, durableFlows } from "../graph/index.js";
import { checkTranscript } from "../model/transcript.js";
import { type ScriptedReply, scriptedModel } from "../scripted-model/index.js";
import { defineTool } from "../tools/define-tool.js";
import { createSwarm, type SwarmOptions } from "./swarm.js";
import type { SwarmMember } from "./swarm-graph.js";
import { eventually } from "./testing/eventually.js";
import { mortal } from "./testing/mortal.js";

const tenant = "acme";
const talk = { tenant, threadId: "thread-1" };
const quick = { leaseMs: 300, pollMs: 20 };

/** Calls the tool by which a conversation is transferred. */
const transfer = (to: string, reason = "it is theirs"): ScriptedReply => ({
  toolCalls: [{ name: `transfer_to_${to}`, input: { reason } }],
});

/** The last thing that a person or an agent said, or what a tool gave. */
function lastOf({ messages }: ModelRequest): string {
  const [part] = messages.at(-1)?.parts ?? [];
  return part?.type === "text"
    ? part.text
    : JSON.stringify((part as { readonly output?: JsonValue })?.output);
}

/** A member that answers by a function of what it is asked, and checks that no vendor would refuse the transcript. */
function member(
  name: string,
  answer: (last: string, request: ModelRequest) => ScriptedReply,
  more: Partial<SwarmMember> = {},
): SwarmMember & { readonly seen: ModelRequest[] } {
  const seen: ModelRequest[] = [];
  const model = scriptedModel((request) => {
    checkTranscript(request.messages);
    seen.push(request);
    return answer(lastOf(request), request);
  });
  return { model, instructions: `You are ${name}.`, about: `${name} questions`, seen, ...more };
}

/** Sales that knows prices, billing that knows invoices. */
function team(options: Partial<SwarmOptions> = {}) {
  const sales = member("sales", (last) =>
    last.includes("invoice") ? transfer("billing", "an invoice") : { text: `sales: ${last}` },
  );
  const billing = member("billing", (last) =>
    last.includes("price") ? transfer("sales") : { text: `billing: ${last}` },
  );
  const agents: Record<string, SwarmMember> = { sales, billing };
  return { sales, billing, swarm: createSwarm({ agents, start: "sales", ...options }) };
}

const rolesOf = (messages: readonly Message[]) => messages.map(({ role }) => role);

describe("a swarm", () => {
  it("answers with the agent that it starts with", async () => {
    const { swarm, billing } = team();
    expect(await swarm.reply(talk)).toBeUndefined();
    const reply = await swarm.say("hello", talk);
    expect(reply).toEqual({ status: "answered", text: "sales: hello", agent: "sales", transfers: [] });
    expect(await swarm.reply(talk)).toEqual(reply);
    expect(billing.seen).toEqual([]);
  });

  it("transfers with a reason; the receiver sees the conversation with its own instructions", async () => {
    const { swarm, billing } = team();
    const reply = await swarm.say("my invoice", talk);
    expect(reply).toMatchObject({
      ...{ status: "answered", agent: "billing" },
      transfers: [{ from: "sales", to: "billing", reason: "an invoice" }],
    });
    const [request] = billing.seen;
    expect(rolesOf(request?.messages ?? [])).toEqual(["system", "user", "assistant", "tool"]);
    expect(request?.messages[0]?.parts).toMatchObject([{ text: "You are billing." }]);
    expect(request?.messages[3]?.parts).toMatchObject([
      { output: { transferredTo: "billing" }, failed: false },
    ]);
  });

  it("goes on with the agent that was active, in the next turn of the thread", async () => {
    const { swarm, sales, billing } = team();
    await swarm.say("my invoice", talk);
    expect(await swarm.say("thanks", talk)).toMatchObject({ text: "billing: thanks", transfers: [] });
    expect(sales.seen).toHaveLength(1);
    expect(billing.seen).toHaveLength(2);
    const { state } = (await swarm.graph.getState("swarm:thread-1", { tenant })) ?? {};
    expect(rolesOf(state?.messages ?? [])).toEqual([
      "user",
      "assistant",
      "tool",
      "assistant",
      "user",
      "assistant",
    ]);
    checkTranscript(state?.messages ?? []);
  });

  it("streams what the agents do to whoever speaks", async () => {
    const { swarm } = team({ forward: ({ type }) => type === "text-delta" });
    const told: unknown[] = [];
    await swarm.say("my invoice", {
      ...talk,
      onEvent: (event) => event.type === "custom" && told.push(event.data),
    });
    expect(told).toEqual([
      { agent: "billing", event: { type: "text-delta", text: 'billing: {"transferredTo":"billing"}' } },
    ]);
  });

  it("keeps threads and tenants apart", async () => {
    const { swarm } = team();
    await swarm.say("my invoice", talk);
    expect(await swarm.say("hello", { tenant, threadId: "thread-2" })).toMatchObject({ agent: "sales" });
    expect(await swarm.reply({ ...talk, tenant: "other" })).toBeUndefined();
  });

  it("bounds loops: past maxTransfers an agent has to answer itself", async () => {
    const pass = (to: string) => (last: string) =>
      last.includes("answer now") ? { text: "Well then." } : transfer(to);
    const a = member("a", pass("b"));
    const b = member("b", pass("a"));
    const swarm = createSwarm({ agents: { a, b }, start: "a", maxTransfers: 3 });
    const reply = await swarm.say("go", talk);
    expect(reply).toMatchObject({ text: "Well then.", agent: "b" });
    expect(reply.status === "answered" && reply.transfers).toHaveLength(3);
    expect(await swarm.say("again", talk)).toMatchObject({ text: "Well then.", agent: "a" });
  });

  it("tells an agent that won't stop transferring as a failed turn, and listens again", async () => {
    const stubborn = member("a", () => transfer("b"), { maxSteps: 3 });
    const swarm = createSwarm({
      agents: { a: stubborn, b: member("b", () => ({ text: "b" })) },
      start: "a",
      maxTransfers: 0,
    });
    await expect(swarm.say("go", talk)).rejects.toMatchObject({
      code: "handoff.failed",
      facts: { agent: "a", errorCode: "agent.step_limit" },
    });
    await expect(swarm.say("again", talk)).rejects.toMatchObject({ code: "handoff.failed" });
    expect(stubborn.seen).toHaveLength(6);
  });

  it("has a result for every call of a step in which it transfers", async () => {
    const looked: string[] = [];
    const lookup = defineTool({
      name: "lookup",
      description: "Looks.",
      input: z.object({}),
      effect: "read",
      run: () => void looked.push("x"),
    });
    const calls = ["lookup", "transfer_to_b", "transfer_to_c"].map((name) => ({
      name,
      input: { reason: "r" },
    }));
    const a = member("a", () => ({ text: "One moment.", toolCalls: calls }), { tools: [lookup] });
    const b = member("b", () => ({ text: "b" }));
    const c = member("c", () => ({ text: "c" }));
    const swarm = createSwarm({ agents: { a, b, c }, start: "a" });
    expect(await swarm.say("go", talk)).toMatchObject({ agent: "b", text: "b" });
    expect(looked).toHaveLength(1);
    const results = b.seen[0]?.messages.at(-1)?.parts;
    expect(results).toMatchObject([
      { name: "lookup", failed: false, origin: "external" },
      { name: "transfer_to_b", failed: false },
      { name: "transfer_to_c", failed: true, output: expect.stringContaining("one at a time") },
    ]);
    expect(c.seen).toEqual([]);
  });

  it("keeps its transcript valid and its loops bounded, whatever its models do", async () => {
    const names = ["a", "b", "c"] as const;
    const call = fc.constantFrom("transfer_to_a", "transfer_to_b", "transfer_to_c", "lookup", "unknown");
    const step = fc.record({ text: fc.constantFrom("", "Hm."), calls: fc.array(call, { maxLength: 3 }) });
    const lookup = defineTool({
      name: "lookup",
      description: "Looks.",
      input: z.object({}),
      effect: "read",
      run: () => null,
    });
    const check = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const plan = [...steps];
      let asked = 0;
      const answer = (): ScriptedReply => {
        asked++;
        const { text, calls } = plan.shift() ?? { text: "Done.", calls: [] };
        const toolCalls = calls.map((name) => ({ name, input: { reason: "r" } }));
        return toolCalls.length > 0 ? { text, toolCalls } : { text: text || "Well." };
      };
      const agents = Object.fromEntries(
        names.map((name) => [name, member(name, answer, { tools: [lookup], maxSteps: 4 })]),
      );
      const swarm = createSwarm({ agents, start: "a", maxTransfers: 2 });
      for (const said of ["one", "two"]) {
        const before = asked;
        const reply = await swarm.say(said, talk).catch((error: unknown) => error);
        expect(reply).toMatchObject(
          reply instanceof Error ? { facts: { errorCode: "agent.step_limit" } } : { status: "answered" },
        );
        expect(asked - before).toBeLessThanOrEqual(4 * 3);
      }
      const { state } = (await swarm.graph.getState("swarm:thread-1", { tenant })) ?? {};
      checkTranscript(state?.messages ?? []);
    });
    await fc.assert(check, { numRuns: 60 });
  });

  it("offers the transfers that a member may make, and no others", async () => {
    const a = member("a", () => ({ text: "a" }), { transfersTo: ["c"] });
    const agents = { a, b: member("b", () => ({ text: "b" })), c: member("c", () => ({ text: "c" })) };
    await createSwarm({ agents, start: "a" }).say("go", talk);
    expect(a.seen[0]?.tools?.map(({ name }) => name)).toEqual(["transfer_to_c"]);
  });

  it("outlives a model that fails", async () => {
    let down = true;
    const a = member("a", () => (down ? { error: new Error("down") } : { text: "back" }));
    const swarm = createSwarm({ agents: { a }, start: "a" });
    await expect(swarm.say("one", talk)).rejects.toMatchObject({ code: "handoff.failed" });
    await expect(swarm.reply(talk)).rejects.toMatchObject({ code: "handoff.failed" });
    down = false;
    expect(await swarm.say("two", talk)).toMatchObject({ text: "back" });
    expect(rolesOf(a.seen.at(-1)?.messages ?? [])).toEqual(["system", "user", "user"]);
  });

  it("ends when it is told to, and not before", async () => {
    const { swarm } = team();
    await expect(swarm.end(talk)).rejects.toMatchObject({ code: "flow.wrong_state" });
    await swarm.say("hello", talk);
    await swarm.end(talk);
    expect(await swarm.graph.getState("swarm:thread-1", { tenant })).toMatchObject({ status: "completed" });
    await expect(swarm.say("hello?", talk)).rejects.toMatchObject({ code: "flow.wrong_state" });
  });

  it("tells whoever was not heard, when two speak at the same moment", async () => {
    await using flows = durableFlows({ storage: memoryStorage(), ...quick });
    const { swarm } = team({ checkpointer: flows });
    await swarm.say("hello", talk);
    const said = await Promise.allSettled([swarm.say("one", talk), swarm.say("two", talk)]);
    expect(said.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = said.find(({ status }) => status === "rejected");
    expect(refused).toMatchObject({ reason: { code: "flow.wrong_state" } });
  });

  it("waits for an approval that a tool needs, and goes on when it was decided", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, ...quick });
    const refunds: number[] = [];
    const refund = defineTool({
      name: "refund",
      description: "Refunds.",
      input: z.object({ usd: z.number() }),
      effect: "write",
      target: () => "account",
      approval: true,
      run: ({ usd }) => ({ refunds: refunds.push(usd) }),
    });
    const a = member(
      "a",
      (last) =>
        last.includes("refunds") ? { text: "Done." } : { toolCalls: [{ name: "refund", input: { usd: 5 } }] },
      { tools: [refund], effects: createEffects({ storage }) },
    );
    const swarm = createSwarm({ agents: { a }, start: "a", checkpointer: flows });
    expect(await swarm.say("refund me", talk)).toMatchObject({ status: "waiting", agent: "a" });
    await expect(swarm.say("well?", talk)).rejects.toMatchObject({ code: "flow.wrong_state" });

    const approvals = createApprovals({ storage });
    const [asked] = (await approvals.list({ tenant, status: "pending" })).items;
    await approvals.approve(asked?.id ?? "", { tenant, by: "user:42" });
    await swarm.graph.deliver("swarm:thread-1", `approval:${asked?.id}`, null, { tenant });
    await eventually(() => swarm.reply(talk)).toMatchObject({ status: "answered", text: "Done." });
    expect(refunds).toEqual([5]);
  });

  it("waits for each of the approvals of a turn", async () => {
    const storage = memoryStorage();
    await using flows = durableFlows({ storage, ...quick });
    const paid: string[] = [];
    const pay = defineTool({
      name: "pay",
      description: "Pays.",
      input: z.object({ to: z.string() }),
      effect: "write",
      target: ({ to }) => to,
      approval: true,
      run: ({ to }) => ({ paid: paid.push(to) }),
    });
    const a = member(
      "a",
      (last) => {
        if (last.includes('"paid":2')) return { text: "Both." };
        const to = last.includes('"paid":1') ? "bo" : "ada";
        return { toolCalls: [{ name: "pay", input: { to } }] };
      },
      { tools: [pay], effects: createEffects({ storage }) },
    );
    const swarm = createSwarm({ agents: { a }, start: "a", checkpointer: flows });
    await swarm.say("pay them", talk);
    const approvals = createApprovals({ storage });
    for (const name of ["ada", "bo"]) {
      const pending = async () => (await approvals.list({ tenant, status: "pending" })).items[0];
      await eventually(pending).toMatchObject({ arguments: { to: name } });
      await eventually(() => swarm.reply(talk)).toMatchObject({ status: "waiting" });
      const id = (await pending())?.id ?? "";
      await approvals.approve(id, { tenant, by: "user:42" });
      await swarm.graph.deliver("swarm:thread-1", `approval:${id}`, null, { tenant });
    }
    await eventually(() => swarm.reply(talk)).toMatchObject({ status: "answered", text: "Both." });
    expect(paid).toEqual(["ada", "bo"]);
  });

  it("keeps the names of its own tools", () => {
    const tool = defineTool({
      name: "transfer_to_x",
      description: "x",
      input: z.object({}),
      effect: "none",
      run: () => null,
    });
    const a = member("a", () => ({}), { tools: [tool] });
    expect(() => createSwarm({ agents: { a }, start: "a" })).toThrow("swarm.agents.a.tools");
  });

  it.each([
    [{ start: "nobody" }, "swarm.start"],
    [{ maxTransfers: -1 }, "swarm.maxTransfers"],
    [{ agents: { "a b": member("x", () => ({})) } }, 'swarm.agents: "a b"'],
    [{ agents: { listen: member("x", () => ({})) } }, 'swarm.agents: "listen"'],
    [
      { agents: { sales: member("x", () => ({}), { transfersTo: ["y"] }) } },
      "swarm.agents.sales.transfersTo",
    ],
  ] as const)("refuses %o", (options, named) => {
    expect(() => team(options)).toThrow(named);
  });
});

describe("a conversation whose process dies", () => {
  /** A conversation of three turns; what it wrote is told. */
  async function converse(
    flows: DurableFlows,
    sent: string[],
    effectsIn: Parameters<typeof createEffects>[0],
  ) {
    const mail = defineTool({
      name: "mail",
      description: "Mails.",
      input: z.object({ to: z.string() }),
      effect: "write",
      target: ({ to }) => to,
      run: ({ to }) => ({ mailed: sent.push(to) }),
    });
    const sales = member("sales", (last) =>
      last.includes("invoice") ? transfer("billing", "an invoice") : { text: `sales: ${last}` },
    );
    const billing = member(
      "billing",
      (last) =>
        last.includes("transferred")
          ? { toolCalls: [{ name: "mail", input: { to: "ada" } }] }
          : { text: "mailed" },
      { tools: [mail], effects: createEffects(effectsIn) },
    );
    return createSwarm({ agents: { sales, billing }, start: "sales", checkpointer: flows });
  }

  it("goes on after each write, and mails once", async () => {
    const whole = memoryStorage();
    const counted = mortal(whole);
    {
      await using flows = durableFlows({ storage: counted.storage, ...quick });
      await (await converse(flows, [], { storage: whole })).say("my invoice", talk);
    }
    expect(counted.writes).toBeGreaterThan(4);
    const expected = (await whole.tenant(tenant).flows.list()).items[0]?.status;
    expect(expected).toBe("waiting");

    for (let dieAt = 1; dieAt <= counted.writes; dieAt++) {
      const storage = memoryStorage();
      const dying = mortal(storage, dieAt);
      const sent: string[] = [];
      const first = durableFlows({ storage: dying.storage, ...quick });
      const left = (await converse(first, sent, { storage })).say("my invoice", talk);
      left.catch(() => {});
      await dying.died;
      await using second = durableFlows({ storage, ...quick });
      const swarm = await converse(second, sent, { storage });
      second.work();
      await eventually(() => swarm.reply(talk)).toMatchObject({
        status: "answered",
        text: "mailed",
        agent: "billing",
      });
      expect(sent, `died at write ${dieAt}`).toEqual(["ada"]);
      const { state } = (await swarm.graph.getState("swarm:thread-1", { tenant })) ?? {};
      checkTranscript(state?.messages ?? []);
      expect(rolesOf(state?.messages ?? [])).toEqual([
        ...["user", "assistant", "tool", "assistant", "tool", "assistant"],
      ]);
    }
  }, 30_000);
});
