import type { AgentOptions } from "@salesagent/core/agent";
import type { Effect } from "@salesagent/core/effects";
import type { NodeContext, StateOf, UpdateOf } from "@salesagent/core/graph";
import { tenantOf } from "../flow/tenant-of.js";
import type { Calendar, MeetingRequest, Slot } from "../ports/calendar.js";
import type { QualificationAgent } from "../qualification/qualification-agent.js";
import type { QualificationResult } from "../qualification/qualification-result.js";
import type { BdrOutcome, BdrQualification, bdrState, SentProposal } from "./bdr-state.js";
import type { Booking } from "./booking-effect.js";
import { type EffectMeans, onceAllowed } from "./once-allowed.js";
import type { Proposal } from "./proposal-effect.js";
import { bdrReplySchema, readReply } from "./read-reply.js";
import type { ProposalWriter } from "./write-proposal.js";

export type BdrState = StateOf<typeof bdrState>;
export type BdrUpdate = UpdateOf<typeof bdrState>;

/** How meetings are looked for and proposed. */
export interface MeetingRules {
  readonly durationMinutes: number;
  readonly noticeMs: number;
  readonly horizonMs: number;
  readonly slotsPerProposal: number;
  readonly maxProposals: number;
  readonly replyMs: number;
  readonly title: (state: BdrState) => string;
}

/** What the nodes work with. */
export interface BdrMeans extends EffectMeans {
  readonly agentOptions: AgentOptions;
  readonly qualification: QualificationAgent;
  readonly calendar: Calendar;
  readonly writer: ProposalWriter;
  readonly sendProposal: Effect<Proposal, SentProposal>;
  readonly bookMeeting: Effect<MeetingRequest, Booking>;
  readonly rules: MeetingRules;
  readonly zone: string;
}

/** The name of the event by which a lead's answer comes. */
export const REPLY_EVENT = "reply";

/** Whether the lead is worth a meeting. */
export const qualify =
  ({ qualification }: BdrMeans) =>
  async ({ lead, leadId }: BdrState, ctx: NodeContext): Promise<BdrUpdate> => {
    const call = { tenant: tenantOf(ctx), signal: ctx.signal, parentRunId: ctx.runId };
    const options = { ...call, delivery: "whole", leadId } as const;
    const result = toQualification(await qualification.run(lead, options).output());
    const { score, tier, qualified, reasons } = result;
    ctx.emit({ type: "qualified", score, tier, qualified });
    if (qualified) return { qualification: result };
    return { qualification: result, outcome: outcome("not-qualified", reasons[0]) };
  };

function toQualification(result: QualificationResult): BdrQualification {
  const { score, tier, qualified, reasons, engine } = result;
  return { score, tier, qualified, reasons, engine };
}

/** Which times are free and were not offered yet. */
export const findSlots =
  ({ calendar, rules, clock }: BdrMeans) =>
  async ({ offered, round }: BdrState, ctx: NodeContext): Promise<BdrUpdate> => {
    if (round >= rules.maxProposals) return { slots: [], outcome: outcome("no-agreement") };
    const nowMs = clock.now();
    const known = new Set(offered.map(({ startsAt }) => startsAt));
    const free = await calendar.freeSlots(
      {
        from: new Date(nowMs + rules.noticeMs).toISOString(),
        until: new Date(nowMs + rules.horizonMs).toISOString(),
        durationMinutes: rules.durationMinutes,
        maxSlots: rules.slotsPerProposal + known.size,
      },
      { tenant: tenantOf(ctx), signal: ctx.signal },
    );
    const slots = free
      .filter(({ startsAt }) => !known.has(startsAt))
      .slice(0, rules.slotsPerProposal)
      .map((slot) => meetingWithin(slot, rules.durationMinutes));
    ctx.emit({ type: "slots-found", slots });
    if (slots.length === 0) return { slots, outcome: outcome("no-slots") };
    return { slots, round: round + 1, choice: null };
  };

/** A calendar may answer with longer spans than a meeting takes. */
function meetingWithin({ startsAt }: Slot, durationMinutes: number): Slot {
  const startMs = Date.parse(startsAt);
  return { startsAt, endsAt: new Date(startMs + durationMinutes * 60_000).toISOString() };
}

/** The mail, which a person may have to allow. */
export const propose =
  (means: BdrMeans) =>
  async ({ lead, contact, slots, round }: BdrState, ctx: NodeContext): Promise<BdrUpdate> => {
    const call = { tenant: tenantOf(ctx), signal: ctx.signal, parentRunId: ctx.runId };
    // A person decides on these words: they must not change while the run waits.
    const { proposal, degraded } = await ctx.step("write", () =>
      means.writer.write({ lead, contact, slots, round }, call),
    );
    if (degraded) ctx.emit({ type: "degraded", ...degraded });
    const sent = await onceAllowed(means, ctx, means.sendProposal, {
      step: `propose/${round}`,
      input: proposal,
    });
    if ("outcome" in sent) return sent;
    ctx.emit({ type: "proposal-sent", messageId: sent.result.messageId });
    return { proposal: sent.result, offered: slots };
  };

/** What the lead answers, days later. What is no answer at all is passed over. */
export const awaitReply =
  ({ clock, rules, agentOptions, zone }: BdrMeans) =>
  async ({ offered }: BdrState, ctx: NodeContext): Promise<BdrUpdate> => {
    const deadlineMs = await ctx.step("deadline", () => clock.now() + rules.replyMs);
    for (;;) {
      const timeoutMs = Math.max(0, deadlineMs - clock.now());
      const payload = await ctx.waitFor(REPLY_EVENT, { timeoutMs });
      if (payload === undefined) return { outcome: outcome("no-reply") };
      const reply = bdrReplySchema.safeParse(payload);
      if (!reply.success) continue;
      const call = { tenant: tenantOf(ctx), signal: ctx.signal, parentRunId: ctx.runId };
      const read = await ctx.step("read", () =>
        readReply(reply.data, { options: agentOptions, zone, offered }, call),
      );
      ctx.emit({ type: "replied", answer: read.answer });
      if (read.answer === "accept") return { choice: read.slot };
      if (read.answer === "decline") return { outcome: outcome("declined", read.reason) };
      if (read.answer === "unclear") return { outcome: outcome("handed-over", read.reason) };
      return { choice: null };
    }
  };

/** The meeting. One that was taken meanwhile leads to another proposal. */
export const book =
  (means: BdrMeans) =>
  async (state: BdrState, ctx: NodeContext): Promise<BdrUpdate> => {
    const { choice, contact, round } = state;
    if (!choice) throw new TypeError("a meeting is booked only for a time that was chosen");
    const booked = await onceAllowed(means, ctx, means.bookMeeting, {
      step: `book/${round}`,
      input: { slot: choice, title: means.rules.title(state), attendee: contact.email },
    });
    if ("outcome" in booked) return booked;
    const { result } = booked;
    if (result.status === "taken") {
      ctx.emit({ type: "slot-taken", slot: result.slot });
      return { choice: null };
    }
    const { status: _, ...meeting } = result;
    ctx.emit({ type: "booked", meetingId: meeting.meetingId, slot: meeting.slot });
    return { meeting, outcome: outcome("booked") };
  };

function outcome(kind: BdrOutcome["kind"], reason?: string): BdrOutcome {
  return reason === undefined ? { kind } : { kind, reason };
}
