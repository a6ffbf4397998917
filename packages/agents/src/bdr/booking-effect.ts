import { defineEffect, type Effect } from "@salesagent/core/effects";
import { z } from "zod";
import type { BookingOutcome, Calendar, MeetingRequest, Slot } from "../ports/calendar.js";
import { emailSchema } from "../tools/crm/identity-schemas.js";
import type { PersonRule } from "./person-rule.js";

/** The effect's name in the ledger, and the tool's on approvals. */
export const BOOKING = "bdr_booking";

export const meetingSchema = z.object({
  slot: z.object({ startsAt: z.iso.datetime(), endsAt: z.iso.datetime() }),
  title: z.string().trim().min(1).max(200),
  attendee: emailSchema,
});

/** A booking with the time that it is for, which a person may have changed. Plain JSON. */
export type Booking = BookingOutcome & { readonly slot: Slot };

const TIMEOUT_MS = 60_000;

/** The meeting, once. */
export function bookingEffect(calendar: Calendar, person: PersonRule): Effect<MeetingRequest, Booking> {
  const { findBooking } = calendar;
  return defineEffect<MeetingRequest, Booking>({
    name: BOOKING,
    target: ({ attendee }) => attendee,
    parse: (input) => meetingSchema.parse(input),
    approval: person,
    timeoutMs: TIMEOUT_MS,
    act: async (meeting, { tenant, idempotencyKey, signal }) => ({
      ...(await calendar.book(meeting, { tenant, idempotencyKey, signal })),
      slot: meeting.slot,
    }),
    lookup:
      findBooking &&
      (async ({ slot }, _record, { tenant, idempotencyKey, signal }) => {
        const found = await findBooking.call(calendar, { tenant, idempotencyKey, signal });
        return found ? { happened: true, result: { ...found, slot } } : { happened: false };
      }),
  });
}
