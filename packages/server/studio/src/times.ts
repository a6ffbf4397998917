/** A moment as the reader's place writes it; the text itself where it is none. */
export function formatTime(iso: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** How far off a moment is, such as `in 3 min`, `2 h ago` or `now`; in whole units, so that it does not change all the time. */
export function formatDistance(iso: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(iso) - nowMs) / 1_000);
  if (Number.isNaN(seconds)) return iso;
  if (seconds === 0) return "now";
  const whole = wholeUnits(Math.abs(seconds));
  return seconds > 0 ? `in ${whole}` : `${whole} ago`;
}

function wholeUnits(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3_600) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** How long something took, or takes so far. */
export function durationMs(from: string, until: string | number): number {
  const end = typeof until === "number" ? until : Date.parse(until);
  return Math.max(0, end - Date.parse(from));
}

const DAY_MS = 86_400_000;

/** ISO dates in UTC, the last being today. */
export function lastDays(count: number, nowMs: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    return new Date(nowMs - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10);
  });
}
