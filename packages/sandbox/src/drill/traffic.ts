import type { LoggedRequest } from "../sandbox-request.js";
import type { CallReport } from "./call-report.js";
import type { DrillRole } from "./drill-setup.js";

/** What the simulated vendors saw, read from their request logs. */
export class Traffic {
  readonly #logs: Readonly<Record<DrillRole, readonly LoggedRequest[]>>;

  constructor(logs: Readonly<Record<DrillRole, readonly LoggedRequest[]>>) {
    this.#logs = logs;
  }

  /** Requests for an answer, oldest first: all, or those of some calls. */
  of(role: DrillRole, calls?: readonly CallReport[]): readonly LoggedRequest[] {
    const asked = this.#logs[role].filter(({ dialect }) => dialect !== undefined);
    if (calls === undefined) return asked;
    const tags = calls.map(({ index }) => promptOf(index));
    return asked.filter(({ ask }) => tags.some((tag) => ask.prompt.includes(tag)));
  }

  /** Requests to both vendors. */
  all(calls?: readonly CallReport[]): readonly LoggedRequest[] {
    return [...this.of("primary", calls), ...this.of("fallback", calls)];
  }

  /** The model that a vendor was asked for last in this call. */
  modelAsked(role: DrillRole, call: CallReport): string | undefined {
    return this.of(role, [call]).at(-1)?.ask.model;
  }
}

/** The prompt of a call; requests are known by it. */
export function promptOf(index: number): string {
  return `Drill call #${index}: does this company fit?`;
}
