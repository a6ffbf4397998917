import { durableFlows } from "@salesagent/core/graph";
import { systemClock } from "@salesagent/ports";
import { describe, expect, it, vi } from "vitest";
import type { Calendar } from "../ports/calendar.js";
import type { MailTransport } from "../ports/mail-transport.js";
import { memoryCalendar } from "../rehearsal/memory-calendar.js";
import { bdrScene, DAY_MS, LEASE_MS, lead, tenant } from "./testing/bdr-scene.js";

const by = "user:ada";
const runId = "r1";
const never = () => new Promise<never>(() => {});

describe("a process that is left in the middle", () => {
  it("has sent the mail, which is looked up and not sent again", async () => {
    const scene = bdrScene({ ask: [] });
    let isOut = () => {};
    const out = new Promise<void>((resolve) => {
      isOut = resolve;
    });
    const hanging: MailTransport = {
      ...scene.mail,
      send: async (message) => {
        await scene.mail.send(message);
        isOut();
        await never();
      },
    };
    const agent = scene.newAgent(undefined, { mail: hanging });
    const left = new AbortController();
    const run = agent.graph.invoke(lead, { tenant, runId, signal: left.signal });
    await out;
    left.abort(new Error("killed"));
    await expect(run).rejects.toThrow("killed");

    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({
      status: "waiting",
      on: [{ kind: "sleep", node: "propose" }],
    });
    scene.clock.advance(Math.max(1_000, LEASE_MS));
    expect(await agent.graph.resume(runId, { tenant })).toMatchObject({ on: [{ name: "reply" }] });
    expect(scene.mail.outbox).toHaveLength(1);
  });
});

describe("several processes on one storage", () => {
  const quick = { leaseMs: 300, pollMs: 10 };
  const startMs = systemClock.now() + 2 * DAY_MS;
  const soon = {
    startsAt: new Date(startMs).toISOString(),
    endsAt: new Date(startMs + 1_800_000).toISOString(),
  };

  it("one dies while it waits, another works, a third approves: one mail, one meeting", async () => {
    const calendar = memoryCalendar({ free: [soon] });
    const { newAgent, storage, mail, firstPending } = bdrScene({ clock: systemClock, calendar });
    const first = durableFlows({ storage, ...quick });
    const outcome = await newAgent(first).graph.invoke(lead, { tenant, runId });
    expect(outcome).toMatchObject({ status: "waiting", on: [{ node: "propose" }] });
    await first[Symbol.asyncDispose]();

    await using second = durableFlows({ storage, ...quick });
    newAgent(second);
    second.work();
    await using elsewhere = durableFlows({ storage, work: "elsewhere" });
    const third = newAgent(elsewhere);
    await third.approve((await firstPending()).id, { tenant, by });
    await vi.waitFor(async () =>
      expect(await third.graph.getState(runId, { tenant })).toMatchObject({ on: [{ name: "reply" }] }),
    );
    await third.reply(runId, { answer: "accept", startsAt: soon.startsAt }, { tenant });
    await vi.waitFor(async () =>
      expect(await third.graph.getState(runId, { tenant })).toMatchObject({
        status: "completed",
        state: { outcome: { kind: "booked" }, meeting: { meetingId: "meeting-1" } },
      }),
    );
    expect(mail.outbox).toHaveLength(1);
    expect(calendar.meetings).toHaveLength(1);
  });

  it("one dies after it booked and before it could say so: another finds the meeting", async () => {
    const calendar = memoryCalendar({ free: [soon] });
    const { newAgent, storage } = bdrScene({ ask: [], clock: systemClock, calendar });
    const dying: Calendar = {
      ...calendar,
      book: async (...given) => {
        await calendar.book(...given);
        return never();
      },
    };
    const first = durableFlows({ storage, ...quick });
    const agent = newAgent(first, { calendar: dying });
    await agent.graph.invoke(lead, { tenant, runId });
    await agent.reply(runId, { answer: "accept", startsAt: soon.startsAt }, { tenant });
    await vi.waitFor(() => expect(calendar.meetings).toHaveLength(1));
    await first[Symbol.asyncDispose]();

    await using second = durableFlows({ storage, ...quick });
    const living = newAgent(second);
    second.work();
    await vi.waitFor(
      async () =>
        expect(await living.graph.getState(runId, { tenant })).toMatchObject({
          status: "completed",
          state: { meeting: { meetingId: "meeting-1" } },
        }),
      { timeout: 10_000 },
    );
    expect(calendar.meetings).toHaveLength(1);
  }, 20_000);
});
