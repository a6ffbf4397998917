import { createEffects, quietHours, suppressionList } from "@salesagent/core/effects";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { describe, expect, it } from "vitest";
import type { Calendar } from "../ports/calendar.js";
import { mermaidIn } from "../testing/mermaid-in.js";
import { bdrScene, DAY_MS, HOUR_MS, lead, slotAt, tenant } from "./testing/bdr-scene.js";

const by = "user:ada";
const runId = "r1";

describe("createBdrAgent", () => {
  it("qualifies, proposes, waits for a person and for the lead, and books once", async () => {
    const { newAgent, calendar, mail, firstPending } = bdrScene();
    const agent = newAgent();
    const told: unknown[] = [];
    for await (const event of agent.run(lead, { tenant, runId })) {
      if (event.type === "custom") told.push(event.data);
      if (event.type === "interrupted") told.push(event.type);
    }
    expect(told).toMatchObject([
      { type: "qualified", qualified: true },
      { type: "slots-found", slots: [slotAt(7, 9), slotAt(7, 14), slotAt(8, 9)] },
      { type: "approval-needed", tool: "bdr_proposal" },
      "interrupted",
    ]);
    expect(mail.outbox).toEqual([]);

    await agent.approve((await firstPending()).id, { tenant, by });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({
      status: "waiting",
      on: [{ kind: "event", name: "reply" }],
    });
    expect(mail.outbox).toMatchObject([
      {
        to: "bo@figma.test",
        text: expect.stringMatching(/Hello Bo.*Wed, 7 Jan 2026, 14:00–14:30.*Ada Byron$/s),
      },
    ]);

    await agent.reply(runId, { answer: "accept", startsAt: slotAt(7, 14).startsAt }, { tenant });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({
      status: "completed",
      state: { outcome: { kind: "booked" }, meeting: { slot: slotAt(7, 14), meetingId: "meeting-1" } },
    });
    expect(calendar.meetings).toMatchObject([{ attendee: "bo@figma.test", title: "Meeting with Figma" }]);
  });

  it("ends with a lead that does not fit, and writes to nobody", async () => {
    const { newAgent, mail } = bdrScene();
    const input = { ...lead, lead: { company: "Nestlé", country: "CH" } };
    const outcome = await newAgent().graph.invoke(input, { tenant, runId });
    expect(outcome).toMatchObject({ status: "completed", state: { outcome: { kind: "not-qualified" } } });
    expect(mail.outbox).toEqual([]);
  });

  it("ends where the calendar has no free time", async () => {
    const { newAgent } = bdrScene({ horizonMs: DAY_MS + HOUR_MS });
    expect(await newAgent().graph.invoke(lead, { tenant })).toMatchObject({
      state: { outcome: { kind: "no-slots" } },
    });
  });

  it("sends what a person made of the mail", async () => {
    const { newAgent, mail, firstPending } = bdrScene();
    const agent = newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    const { id, arguments: wanted } = await firstPending();
    expect(wanted).toMatchObject({ to: "bo@figma.test" });
    const editedArguments = { to: "bo@figma.test", subject: "Tuesday?", text: "Dear Bo, shall we talk?" };
    await agent.approve(id, { tenant, by, editedArguments });
    const { state } = await agent.graph.resume(runId, { tenant });

    expect(mail.outbox).toMatchObject([{ subject: "Tuesday?", text: "Dear Bo, shall we talk?" }]);
    expect(state.proposal).toMatchObject({ subject: "Tuesday?" });
  });

  it("tells a person of an edit that can't be sent, and leaves the question open", async () => {
    const { newAgent, pending, firstPending } = bdrScene();
    const agent = newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    const { id } = await firstPending();
    const edit = {
      tenant,
      by,
      editedArguments: { to: "bo@figma.test", subject: "Hi\r\nBcc: x@y.test", text: "Hi" },
    };
    await expect(agent.approve(id, edit)).rejects.toThrow(
      /decision\.editedArguments: subject: must be one line/,
    );
    expect(await pending()).toHaveLength(1);
  });

  it("ends when a person refuses the mail, with the reason", async () => {
    const { newAgent, mail, firstPending } = bdrScene();
    const agent = newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    await agent.refuse((await firstPending()).id, { tenant, by, reason: "an old customer" });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({
      status: "completed",
      state: { outcome: { kind: "refused", reason: "an old customer" } },
    });
    expect(mail.outbox).toEqual([]);
  });

  it("believes the ledger and not the event that wakes it", async () => {
    const { newAgent, mail, firstPending } = bdrScene();
    const agent = newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    const { id } = await firstPending();
    await agent.graph.deliver(runId, `approval:${id}`, { approved: true }, { tenant });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ status: "waiting" });
    await expect(agent.approve(id, { tenant: "other", by })).rejects.toMatchObject({
      code: "approval.invalid",
    });
    await expect(agent.approve(id, { tenant, by: "agent:bdr" })).rejects.toMatchObject({
      code: "approval.invalid",
    });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ status: "waiting" });
    expect(mail.outbox).toEqual([]);
  });

  it("finds a decision that did not wake it", async () => {
    const { newAgent, clock, mail, approvals, firstPending } = bdrScene();
    const agent = newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    await approvals.approve((await firstPending()).id, { tenant, by });
    clock.advance(60_000);
    await agent.graph.resume(runId, { tenant });
    expect(mail.outbox).toHaveLength(1);
  });

  it("ends when nobody decides in time, and holds no timer meanwhile", async () => {
    const { newAgent, clock, mail } = bdrScene({ approvalMs: 3 * HOUR_MS });
    const agent = newAgent();
    let outcome = await agent.graph.invoke(lead, { tenant, runId });
    for (let hours = 0; outcome.status === "waiting" && hours < 10; hours++) {
      expect(clock.pendingTimers).toBe(0);
      clock.advance(HOUR_MS);
      outcome = await agent.graph.resume(runId, { tenant });
    }
    expect(outcome).toMatchObject({ status: "completed", state: { outcome: { kind: "not-decided" } } });
    expect(mail.outbox).toEqual([]);
  });

  it("asks a person for the meeting too, where that is wanted, and books what they made of it", async () => {
    const { newAgent, calendar, firstPending } = bdrScene({ ask: ["booking"] });
    const agent = newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    await agent.reply(runId, { answer: "accept", startsAt: slotAt(7, 9).startsAt }, { tenant });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ status: "waiting" });
    const { id, tool } = await firstPending();
    expect(tool).toBe("bdr_booking");
    const editedArguments = { slot: slotAt(9, 9), title: "Figma: first talk", attendee: "bo@figma.test" };
    await agent.approve(id, { tenant, by, editedArguments });

    const { state } = await agent.graph.resume(runId, { tenant });
    expect(state.meeting).toEqual({ slot: slotAt(9, 9), meetingId: "meeting-1" });
    expect(calendar.meetings).toMatchObject([{ title: "Figma: first talk" }]);
  });

  it.each([
    [{ noticeMs: -1 }, /createBdrAgent\.noticeMs/],
    [{ horizonMs: 1 }, /createBdrAgent\.horizonMs/],
    [{ maxProposals: 5 }, /createBdrAgent\.maxProposals/],
    [{ approvalMs: 0 }, /createBdrAgent\.approvalMs/],
    [{ zone: "Mars/Base" }, /createBdrAgent\.zone/],
    [{ from: "Ada" }, /createBdrAgent\.from/],
  ])("refuses the options %j", (options, message) => {
    expect(() => bdrScene(options).newAgent()).toThrow(message);
  });

  it("needs a tenant, and an address to write to", async () => {
    const { graph } = bdrScene().newAgent();
    await expect(graph.invoke(lead)).rejects.toMatchObject({
      cause: { message: expect.stringContaining("options.tenant") },
    });
    await expect(graph.invoke({ ...lead, contact: { email: "bo" } }, { tenant })).rejects.toMatchObject({
      code: "graph.state_invalid",
    });
  });
});

describe("with a model", () => {
  const assessment = { score: 90, confidence: 0.9, reasons: ["fits"], missing: [], nextAction: "contact" };
  const opening = { subject: "Figma and sales", opening: "Figma sells to teams. Let's talk about how." };
  const script = (...answers: object[]) =>
    scriptedModel([assessment, ...answers].map((answer) => ({ text: JSON.stringify(answer) })));

  it("writes the opening, and reads the answer; the times stay the calendar's", async () => {
    const model = script(opening, { answer: "accept", time: 2 });
    const { newAgent, mail, calendar } = bdrScene({ ask: [], model });
    const agent = newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    expect(mail.outbox).toMatchObject([
      { subject: "Figma and sales", text: expect.stringContaining(opening.opening) },
    ]);
    expect(mail.outbox[0]?.text).toContain("1. Wed, 7 Jan 2026, 09:00–09:30");

    await agent.reply(runId, { text: "The second one." }, { tenant });
    await agent.graph.resume(runId, { tenant });
    expect(calendar.meetings).toMatchObject([{ slot: slotAt(7, 14) }]);
    expect(model.unused).toBe(0);
  });

  it.each([
    [{ answer: "accept", time: 9 }, "handed-over"],
    [{ answer: "accept", time: null }, "handed-over"],
    [{ answer: "unclear", time: null }, "handed-over"],
    [{ answer: "decline", time: null }, "declined"],
  ])("reads %j", async (reading, kind) => {
    const { newAgent, calendar } = bdrScene({ ask: [], model: script(opening, reading) });
    const agent = newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    await agent.reply(runId, { text: "Well …" }, { tenant });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ state: { outcome: { kind } } });
    expect(calendar.meetings).toEqual([]);
  });

  it("sends the words that a person saw, however the model would put them again", async () => {
    const model = script(opening, { ...opening, subject: "Other words" });
    const { newAgent, mail, firstPending } = bdrScene({ model });
    const agent = newAgent();
    await agent.graph.invoke(lead, { tenant, runId });
    await agent.approve((await firstPending()).id, { tenant, by });
    await agent.graph.resume(runId, { tenant });
    expect(mail.outbox).toMatchObject([{ subject: "Figma and sales" }]);
    expect(model.unused).toBe(1);
  });

  it("writes by the template when the model fails", async () => {
    const model = scriptedModel([{ text: JSON.stringify(assessment) }, { error: new Error("down") }]);
    const { newAgent, mail } = bdrScene({ ask: [], model });
    await newAgent().graph.invoke(lead, { tenant, runId });
    expect(mail.outbox).toMatchObject([{ text: expect.stringContaining("We help design teams sell.") }]);
  });
});

describe("the ledger's gates", () => {
  it("keep out who must not be written to", async () => {
    const { newAgent, storage, clock, mail } = bdrScene({ ask: [] });
    const gates = [suppressionList((target) => target === "bo@figma.test")];
    const agent = newAgent(undefined, { effects: createEffects({ storage, clock, gates }) });
    expect(await agent.graph.invoke(lead, { tenant })).toMatchObject({
      state: { outcome: { kind: "forbidden", reason: "suppression-list" } },
    });
    expect(mail.outbox).toEqual([]);
  });

  it("make it wait for the morning", async () => {
    const { newAgent, storage, clock, mail } = bdrScene({ ask: [] });
    const gates = [quietHours({ from: "11:00", until: "18:00", zone: "UTC" })];
    const agent = newAgent(undefined, { effects: createEffects({ storage, clock, gates }) });
    expect(await agent.graph.invoke(lead, { tenant, runId })).toMatchObject({ on: [{ kind: "sleep" }] });
    expect(mail.outbox).toEqual([]);
    clock.advance(6 * HOUR_MS);
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ on: [{ name: "reply" }] });
    expect(mail.outbox).toHaveLength(1);
  });
});

it("is drawn in its page as it is", () => {
  expect(mermaidIn("bdr")).toBe(bdrScene().newAgent().graph.toMermaid());
});

describe("a calendar that fails", () => {
  it("does not book twice what it booked before the connection broke", async () => {
    const scene = bdrScene({ ask: [] });
    const broken: Calendar = {
      ...scene.calendar,
      book: async (...given) => {
        await scene.calendar.book(...given);
        throw new Error("the connection broke");
      },
    };
    const agent = scene.newAgent(undefined, { calendar: broken });
    await agent.graph.invoke(lead, { tenant, runId });
    await agent.reply(runId, { answer: "accept", startsAt: slotAt(7, 9).startsAt }, { tenant });
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({
      state: { outcome: { kind: "booked" } },
    });
    expect(scene.calendar.meetings).toHaveLength(1);
  });

  it("leaves it to a person where it can't tell whether it booked", async () => {
    const scene = bdrScene({ ask: [] });
    const { findBooking: _, ...mute } = scene.calendar;
    let attempts = 0;
    const book = () => {
      attempts += 1;
      return Promise.reject(new Error("the connection broke"));
    };
    const agent = scene.newAgent(undefined, { calendar: { ...mute, book } });
    await agent.graph.invoke(lead, { tenant, runId });
    await agent.reply(runId, { answer: "accept", startsAt: slotAt(7, 9).startsAt }, { tenant });
    await expect(agent.graph.resume(runId, { tenant })).rejects.toMatchObject({
      cause: { code: "effect.unknown" },
    });
    expect(attempts).toBe(1);
  });
});
