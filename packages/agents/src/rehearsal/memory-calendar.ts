import type { Calendar, MeetingRequest, Slot } from "../ports/calendar.js";

export interface MemoryCalendarOptions {
  /** What is free, earliest first. */
  readonly free: readonly Slot[];
}

/** A meeting that a rehearsal booked. */
export interface RehearsedMeeting extends MeetingRequest {
  readonly meetingId: string;
  readonly tenant: string;
  readonly idempotencyKey: string;
}

/** A calendar that keeps what it is given, for tests and rehearsals. */
export interface MemoryCalendar extends Calendar {
  /** What was booked, in order. */
  readonly meetings: readonly RehearsedMeeting[];
}

/** Makes a calendar in memory. Like most vendors' it does not tell two bookings of one key apart: the ledger has to. */
export function memoryCalendar({ free }: MemoryCalendarOptions): MemoryCalendar {
  const meetings: RehearsedMeeting[] = [];
  const isFree = (wanted: Slot) =>
    !meetings.some(({ slot }) => slot.startsAt < wanted.endsAt && wanted.startsAt < slot.endsAt);
  return {
    port: "calendar/1",
    provider: "memory",
    meetings,
    freeSlots: async ({ from, until, durationMinutes, maxSlots }, { signal }) => {
      signal?.throwIfAborted();
      return free
        .filter(({ startsAt, endsAt }) => startsAt >= from && endsAt <= until)
        .filter((slot) => minutesOf(slot) >= durationMinutes && isFree(slot))
        .slice(0, maxSlots);
    },
    book: async (request, { tenant, idempotencyKey, signal }) => {
      signal?.throwIfAborted();
      if (!isFree(request.slot)) return { status: "taken" };
      const meetingId = `meeting-${meetings.length + 1}`;
      meetings.push({ ...request, meetingId, tenant, idempotencyKey });
      return { status: "booked", meetingId };
    },
    findBooking: async ({ tenant, idempotencyKey }) => {
      const found = meetings.find((one) => one.tenant === tenant && one.idempotencyKey === idempotencyKey);
      return found && { status: "booked", meetingId: found.meetingId };
    },
  };
}

const minutesOf = ({ startsAt, endsAt }: Slot): number =>
  (Date.parse(endsAt) - Date.parse(startsAt)) / 60_000;
