import type { DrillRole } from "./drill-setup.js";

/** How one scenario went. */
export interface DrillRow {
  readonly id: number;
  readonly title: string;
  /** The caller got each answer whole and once, or a clear error in time. */
  readonly caller: "pass" | "fail";
  readonly callerNote: string;
  /** The vendors were asked no more and no sooner than is decent, as their request logs tell. */
  readonly provider: "pass" | "fail";
  readonly providerNote: string;
  readonly requests: Readonly<Record<DrillRole, number>>;
  readonly calls: number;
  /** Calls that ended in an answer with which nothing is wrong. */
  readonly answered: number;
  readonly elapsedMs: number;
}

/** Whether a row passes from both sides. */
export function passes({ caller, provider }: Pick<DrillRow, "caller" | "provider">): boolean {
  return caller === "pass" && provider === "pass";
}
