import type { Slot } from "../ports/calendar.js";

/** A time as a lead reads it: `Tue, 6 Jan 2026, 10:00–10:30`. */
export function slotText({ startsAt, endsAt }: Slot, zone: string): string {
  const day = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  });
  const time = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const [from, until] = [new Date(startsAt), new Date(endsAt)];
  return `${day.format(from)}, ${time.format(from)}–${time.format(until)}`;
}

/** @throws RangeError when there is no such time zone. */
export function checkZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone }).resolvedOptions().timeZone;
  } catch (cause) {
    throw new RangeError(`createBdrAgent.zone must be a time zone such as Europe/Berlin, got "${zone}"`, {
      cause,
    });
  }
}
