import type { CallReport } from "./call-report.js";
import type { DrillRole } from "./drill-setup.js";
import type { DrillStage } from "./drill-stage.js";
import type { Traffic } from "./traffic.js";

/** The most requests that one call may make of each vendor. */
export type RequestBounds = Readonly<Record<DrillRole, number>>;

/** A fault that may pass is worth two more tries, as vendors' own clients do it; a second try at a healthy fallback is not. */
export const FEW_TRIES: RequestBounds = { primary: 3, fallback: 1 };

const ROLES: readonly DrillRole[] = ["primary", "fallback"];

/** Calls that made more requests than they may. */
export function overBounds(traffic: Traffic, stage: DrillStage, most: RequestBounds): string[] {
  return stage.made.flatMap(({ report }) =>
    ROLES.flatMap((role) => {
      const count = traffic.of(role, [report]).length;
      return count > most[role]
        ? [`call ${report.index} asked the ${role} ${inWords(count)}, ${most[role]} at most`]
        : [];
    }),
  );
}

const inWords = (count: number) => (count === 1 ? "once" : `${count} times`);

/** How much sooner a request may come than it should, in milliseconds: clocks round. */
const ROUNDING_MS = 5;

/** Requests of one call to one vendor that came sooner after the one before than the vendor asked for. */
export function tooEarly(
  traffic: Traffic,
  role: DrillRole,
  calls: readonly CallReport[],
  waitMs: number,
): string[] {
  return calls.flatMap((call) => {
    const times = traffic.of(role, [call]).map(({ atMs }) => atMs);
    return times.slice(1).flatMap((atMs, position) => {
      const gapMs = atMs - (times[position] ?? atMs);
      return gapMs + ROUNDING_MS < waitMs
        ? [`call ${call.index} asked the ${role} again after ${gapMs} ms, told to wait ${waitMs} ms`]
        : [];
    });
  });
}

/** Requests that began after their caller had hung up. */
export function afterAbort(traffic: Traffic, stage: DrillStage): string[] {
  return stage.made.flatMap(({ report }) => {
    const { aborted } = report;
    if (aborted === undefined) return [];
    const late = traffic.all([report]).filter(({ atMs }) => atMs > aborted.atMs + ROUNDING_MS).length;
    return late > 0 ? [`${late} requests came after the caller of call ${report.index} had hung up`] : [];
  });
}

/** Requests that nobody waits for any more, and whose connection still stands. */
export function leftOpen(traffic: Traffic): string[] {
  const open = traffic.all().filter(({ outcome }) => outcome === "pending").length;
  return open > 0 ? [`${open} requests were left open when every call had ended`] : [];
}
