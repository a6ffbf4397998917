import { randomUUID } from "node:crypto";
import type { Calendar, Slot } from "@salesagent/agents";
import type { MailTransport } from "@salesagent/agents/tools";
import type { AuditRecord, AuditStore, Clock, JsonObject, Storage } from "@salesagent/ports";

export const MAIL_REHEARSED = "mail-rehearsed";
export const MEETING_REHEARSED = "meeting-rehearsed";

/** Whose audit trail stands for the outside: a tenant of its own, since a mail server knows nothing of tenants. */
export const OUTSIDE_TENANT = "rehearsal-outside";

export interface OutsideOptions {
  readonly storage: Storage;
  readonly clock: Clock;
}

const trailOf = ({ storage }: OutsideOptions): AuditStore => storage.tenant(OUTSIDE_TENANT).audit;

const PAGE = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours of a day, UTC. */
const FREE_HOURS: readonly number[] = [9, 11, 14];

/**
 * A mail server that sends nothing: a line in an audit trail says that it would have, so that another process knows. It does
 * whatever it is asked, also twice.
 */
export function rehearsedMail(options: OutsideOptions): MailTransport {
  return {
    port: "mail-transport/1",
    provider: "rehearsal",
    send: ({ messageId }, call) => note(options, MAIL_REHEARSED, `mail:${messageId}`, {}, call),
    wasSent: async (messageId, call) => {
      const subject = `mail:${messageId}`;
      const { items } = await trailOf(options).list({ action: MAIL_REHEARSED, subject }, { limit: 1 }, call);
      return items.length > 0;
    },
  };
}

/** A calendar that books nothing, in the same way: each working day has three free hours, less what was rehearsed. */
export function rehearsedCalendar(options: OutsideOptions): Calendar {
  const isTaken = (slot: Slot, taken: readonly AuditRecord[]) =>
    taken.some(({ facts }) => facts["startsAt"] === slot.startsAt);
  return {
    port: "calendar/1",
    provider: "rehearsal",
    freeSlots: async ({ from, until, durationMinutes, maxSlots }, { signal }) => {
      const taken = await meetingsOf(options, signal);
      return [...workingHours(Date.parse(from), Date.parse(until), durationMinutes)]
        .filter((slot) => !isTaken(slot, taken))
        .slice(0, maxSlots);
    },
    book: async ({ slot }, { idempotencyKey, signal }) => {
      if (isTaken(slot, await meetingsOf(options, signal))) return { status: "taken" };
      await note(
        options,
        MEETING_REHEARSED,
        `meeting:${idempotencyKey}`,
        { startsAt: slot.startsAt },
        { signal },
      );
      return { status: "booked", meetingId: idempotencyKey };
    },
    findBooking: async ({ idempotencyKey, signal }) => {
      const subject = `meeting:${idempotencyKey}`;
      const filter = { action: MEETING_REHEARSED, subject };
      const { items } = await trailOf(options).list(filter, { limit: 1 }, { signal });
      return items.length > 0 ? { status: "booked", meetingId: idempotencyKey } : undefined;
    },
  };
}

async function meetingsOf(
  options: OutsideOptions,
  signal: AbortSignal | undefined,
): Promise<readonly AuditRecord[]> {
  const found: AuditRecord[] = [];
  let after: string | undefined;
  do {
    const page = await trailOf(options).list(
      { action: MEETING_REHEARSED },
      { limit: PAGE, after },
      { signal },
    );
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return found;
}

function* workingHours(fromMs: number, untilMs: number, durationMinutes: number): Generator<Slot> {
  for (let dayMs = Math.floor(fromMs / DAY_MS) * DAY_MS; dayMs < untilMs; dayMs += DAY_MS) {
    const weekday = new Date(dayMs).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    for (const hour of FREE_HOURS) {
      const startMs = dayMs + hour * HOUR_MS;
      const endMs = startMs + durationMinutes * 60_000;
      if (startMs < fromMs || endMs > untilMs) continue;
      yield { startsAt: new Date(startMs).toISOString(), endsAt: new Date(endMs).toISOString() };
    }
  }
}

/** Nothing of a person: the run's own state has the mail and the meeting. */
async function note(
  options: OutsideOptions,
  action: string,
  subject: string,
  facts: JsonObject,
  call: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const at = new Date(options.clock.now()).toISOString();
  await trailOf(options).addMany([{ id: randomUUID(), at, actor: "cli", action, subject, facts }], call);
}
