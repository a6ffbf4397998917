import type { TenantCall } from "./crm-search.js";

/** A span of time in somebody's calendar. Plain JSON. */
export type Slot = {
  /** ISO 8601 in UTC, such as `2026-01-06T09:00:00.000Z`. */
  readonly startsAt: string;
  readonly endsAt: string;
};

/** What free time is asked for. */
export interface SlotQuery {
  /** ISO 8601 in UTC. */
  readonly from: string;
  /** ISO 8601 in UTC. */
  readonly until: string;
  readonly durationMinutes: number;
  readonly maxSlots: number;
}

/** A meeting that is to be. Plain JSON. */
export type MeetingRequest = {
  readonly slot: Slot;
  readonly title: string;
  /** Who is invited: one plain address. */
  readonly attendee: string;
};

/** What came of a booking. Plain JSON. */
export type BookingOutcome =
  | { readonly status: "booked"; readonly meetingId: string; readonly url?: string }
  /** Somebody else has the time by now; nothing was booked. */
  | { readonly status: "taken" };

/** One call that books. */
export interface BookingCall extends TenantCall {
  /** The same on every attempt at the same meeting; letters, digits, `_` and `-`. */
  readonly idempotencyKey: string;
}

/** A seller's calendar. */
export interface Calendar {
  readonly port: "calendar/1";
  /** Such as `google`. */
  readonly provider: string;
  /** Free times within the span, earliest first. */
  freeSlots(query: SlotQuery, call: TenantCall): Promise<readonly Slot[]>;
  /**
   * Books a meeting and invites its attendee.
   *
   * @throws `service.…`; with `replay: "safe"` where it is certain that nothing was booked.
   */
  book(request: MeetingRequest, call: BookingCall): Promise<BookingOutcome>;
  /**
   * The meeting that was booked under this key, for calendars that can tell; nothing when there is none for certain. Without
   * it, a booking of unknown outcome is left to a person.
   */
  findBooking?(call: BookingCall): Promise<BookingOutcome | undefined>;
}
