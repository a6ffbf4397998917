import { describe, expect, it } from "vitest";
import { bdrScene, DAY_MS, lead, slotAt, tenant } from "./testing/bdr-scene.js";

const runId = "r1";

describe("what the lead answers", () => {
  /** A run whose mail is out, and which waits for the answer. */
  async function waiting(options: Parameters<typeof bdrScene>[0] = {}) {
    const scene = bdrScene({ ask: [], ...options });
    const agent = scene.newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    const answer = async (reply: Parameters<typeof agent.reply>[1]) => {
      expect(await agent.reply(runId, reply, { tenant })).toBe(true);
      return agent.graph.resume(runId, { tenant });
    };
    return { ...scene, agent, answer };
  }

  it("can be no", async () => {
    const { answer, agent } = await waiting();
    expect(await answer({ answer: "decline", reason: "no budget" })).toMatchObject({
      state: { outcome: { kind: "declined", reason: "no budget" } },
    });
    expect(await agent.reply(runId, { answer: "decline" }, { tenant })).toBe(false);
  });

  it("can ask for other times, which are others, until there were enough", async () => {
    const { answer, mail } = await waiting({ maxProposals: 2 });
    const again = await answer({ answer: "other-times" });
    expect(again).toMatchObject({
      status: "waiting",
      state: { slots: [slotAt(8, 14), slotAt(9, 9), slotAt(9, 14)] },
    });
    expect(mail.outbox[1]?.text).toContain("Here are other times.");
    expect(await answer({ answer: "other-times" })).toMatchObject({
      state: { outcome: { kind: "no-agreement" } },
    });
    expect(mail.outbox).toHaveLength(2);
  });

  it("can take a time of an earlier mail", async () => {
    const { answer, calendar } = await waiting();
    await answer({ answer: "other-times" });
    await answer({ answer: "accept", startsAt: slotAt(7, 9).startsAt });
    expect(calendar.meetings).toMatchObject([{ slot: slotAt(7, 9) }]);
  });

  it("may come when the time is gone: others are proposed", async () => {
    const { answer, calendar, mail } = await waiting();
    const others = { slot: slotAt(7, 9), title: "Others", attendee: "eve@x.test" };
    await calendar.book(others, { tenant, idempotencyKey: "k" });
    expect(await answer({ answer: "accept", startsAt: slotAt(7, 9).startsAt })).toMatchObject({
      status: "waiting",
    });
    expect(mail.outbox).toHaveLength(2);
    await answer({ answer: "accept", startsAt: slotAt(9, 9).startsAt });
    expect(calendar.meetings.map(({ title }) => title)).toEqual(["Others", "Meeting with Figma"]);
  });

  it("goes to a person when it takes a time that nobody offered", async () => {
    const { answer } = await waiting();
    expect(await answer({ answer: "accept", startsAt: slotAt(20, 9).startsAt })).toMatchObject({
      state: { outcome: { kind: "handed-over" } },
    });
  });

  it("may never come", async () => {
    const { agent, clock } = await waiting({ replyMs: 5 * DAY_MS });
    clock.advance(5 * DAY_MS - 1);
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ status: "waiting" });
    clock.advance(1);
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({
      state: { outcome: { kind: "no-reply" } },
    });
  });

  it("is passed over when it is no answer, and the wait grows no longer by it", async () => {
    const { agent, clock } = await waiting({ replyMs: DAY_MS });
    await expect(agent.reply(runId, { answer: "perhaps" } as never, { tenant })).rejects.toThrow(TypeError);
    clock.advance(DAY_MS - 1_000);
    await agent.graph.deliver(runId, "reply", { answer: "perhaps" }, { tenant });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ status: "waiting" });
    clock.advance(1_000);
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({
      state: { outcome: { kind: "no-reply" } },
    });
  });

  it("goes to a person in its own words, without a model", async () => {
    const { answer } = await waiting();
    expect(await answer({ text: "The first one, please." })).toMatchObject({
      state: { outcome: { kind: "handed-over" } },
    });
  });
});
