import type { Gate, GateQuestion } from "./gate.js";

export interface QuietHoursOptions {
  /** When quiet begins, as `HH:MM` on the target's clock; it may be later than the end, for nights. */
  readonly from: string;
  /** When it is over. */
  readonly until: string;
  /** The target's time zone by its IANA name, such as `Europe/Berlin`, or a function that tells it. */
  readonly zone: string | ((question: GateQuestion) => string | Promise<string>);
}

const DAY_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;
/** Clocks are put forward and back at multiples of it. */
const QUARTER_MS = 15 * MINUTE_MS;

/**
 * A gate that does nothing to a target at night, by the target's own clock. A refusal says when quiet is over; what the clocks
 * do on days when they change is in it.
 *
 * @throws RangeError when a time is not `HH:MM`, both are the same, or the zone has no such name.
 */
export function quietHours({ from, until, zone }: QuietHoursOptions): Gate {
  const fromMinute = toMinute("from", from);
  const untilMinute = toMinute("until", until);
  if (fromMinute === untilMinute) throw new RangeError("quietHours.from and quietHours.until are the same");
  const spanMinutes = (untilMinute - fromMinute + DAY_MINUTES) % DAY_MINUTES;
  const fixed = typeof zone === "string" ? wallClock(zone) : undefined;
  return {
    name: "quiet-hours",
    async check(question) {
      const minuteAt = fixed ?? wallClock(typeof zone === "string" ? zone : await zone(question));
      const quietMinutesLeft = (ms: number): number => {
        const since = (minuteAt(ms) - fromMinute + DAY_MINUTES) % DAY_MINUTES;
        return since < spanMinutes ? spanMinutes - since : 0;
      };
      if (quietMinutesLeft(question.nowMs) === 0) return { allowed: true };
      const retryAt = new Date(endOfQuiet(question.nowMs, quietMinutesLeft)).toISOString();
      return { allowed: false, reason: `it is between ${from} and ${until} where the target is`, retryAt };
    },
  };
}

/** The first full minute that is not quiet. Goes by quarters, so that a change of clocks on the way is not jumped over. */
function endOfQuiet(nowMs: number, quietMinutesLeft: (ms: number) => number): number {
  let atMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  for (let left = quietMinutesLeft(atMs); left > 0; left = quietMinutesLeft(atMs)) {
    const nextQuarterMs = (Math.floor(atMs / QUARTER_MS) + 1) * QUARTER_MS;
    atMs = Math.min(atMs + left * MINUTE_MS, nextQuarterMs);
  }
  return atMs;
}

/** Reads the minute of the day in a zone. @throws RangeError when there is no such zone. */
function wallClock(zone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  return (ms) => {
    const [hour = "0", minute = "0"] = format.format(ms).split(":");
    return Number(hour) * 60 + Number(minute);
  };
}

function toMinute(option: string, text: string): number {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour === undefined || minute === undefined) {
    throw new RangeError(`quietHours.${option} must be a time such as "08:00", got "${text}"`);
  }
  return Number(hour) * 60 + Number(minute);
}
