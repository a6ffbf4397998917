import { formatDuration } from "./figures.js";

/** A moment as the reader's place writes it; the text itself where it is none. */
export function formatTime(iso: string): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return iso;
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** How far off a moment is, such as `in 3 min 0 s`, `2 h 5 min ago` or `now`. */
export function formatDistance(iso: string, nowMs: number): string {
  const distanceMs = Date.parse(iso) - nowMs;
  if (Number.isNaN(distanceMs)) return iso;
  if (Math.abs(distanceMs) < 1_000) return "now";
  const whole = formatDuration(Math.round(Math.abs(distanceMs) / 1_000) * 1_000).replace(".0 s", " s");
  return distanceMs > 0 ? `in ${whole}` : `${whole} ago`;
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
