import type { JsonValue } from "@salesagent/ports";
import { fromPayloadText } from "@salesagent/ports/job-rules";
import { json, number, type Row, text } from "../columns.js";

/** What pg-boss keeps as a job's data. The payload is JSON in a text, since its own type for JSON holds less than JSON does. */
export interface JobData {
  readonly tenant: string;
  readonly payload: string;
  readonly key: string | null;
}

/** A job that this process has, whether it runs or is about to. */
export interface ClaimedJob {
  readonly id: string;
  /** How often it was begun before. With the id, this tells who has it. */
  readonly tries: number;
  readonly tenant: string;
  readonly payloadText: string;
  /** How long it stays with this process without a sign of life, in milliseconds. */
  readonly leaseMs: number;
}

/** Rows as pg-boss fetches them, in the order in which they are to run. */
export function toClaimedJobs(rows: readonly Row[]): readonly ClaimedJob[] {
  return [...rows].sort(compare).map((row) => {
    const data = json<JobData>(row, "data");
    return {
      id: text(row, "id"),
      tries: number(row, "retryCount"),
      tenant: data.tenant,
      payloadText: data.payload,
      leaseMs: number(row, "expireInSeconds") * 1000,
    };
  });
}

export function payloadOf({ payloadText }: Pick<ClaimedJob, "payloadText">): JsonValue {
  return fromPayloadText(payloadText);
}

/** An update gives its rows in any order. Times of one server in one session sort as texts, but for their trailing zeros. */
function compare(left: Row, right: Row): number {
  const priority = number(right, "priority") - number(left, "priority");
  if (priority !== 0) return priority;
  const times = compareTexts(timeOf(left), timeOf(right));
  return times === 0 ? compareTexts(text(left, "id"), text(right, "id")) : times;
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}

/** `2026-01-05 12:00:00.12+00` with all six decimals. */
function timeOf(row: Row): string {
  const [, seconds = "", fraction = ""] = /^(.{19})(?:\.(\d+))?/.exec(text(row, "createdOn")) ?? [];
  return `${seconds}.${fraction.padEnd(6, "0")}`;
}
