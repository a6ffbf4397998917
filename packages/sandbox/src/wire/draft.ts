import type { RenderContext } from "../render-context.js";
import type { DialectFormat } from "./dialect-format.js";
import type { WireEvent } from "./wire-event.js";
import type { PlannedOutcome, WirePlan } from "./wire-plan.js";

/** A response in the making: faults change it one after another, then it becomes a plan. */
export interface Draft {
  status: number;
  contentType: string;
  headers: Record<string, string>;
  events: WireEvent[];
  /** Bytes of an event that breaks off, after the events. */
  torn?: Uint8Array;
  ending: "end" | "reset" | "hold";
  outcome: PlannedOutcome;
  keepAliveEveryMs?: number;
  beforeHeaders?: WirePlan["beforeHeaders"];
  headersMs: number;
  firstTokenMs: number;
  betweenTokensMs?: number;
  cutAtByte?: number;
  byteOrderMark: boolean;
  crlf: boolean;
  split?: { readonly size?: number; readonly at?: readonly number[] };
}

/** What a fault needs to know of the response that it spoils. */
export interface FaultScene {
  readonly format: DialectFormat;
  readonly context: RenderContext;
  readonly nowMs: number;
}

/** Where the list continues once so many events, comments not counted, have gone by. */
export function positionAfter(events: readonly WireEvent[], count: number): number {
  let seen = 0;
  for (const [position, event] of events.entries()) {
    if (seen === count) return position;
    if (event.kind !== "comment") seen += 1;
  }
  return events.length;
}

/** Where the answer's last words begin: its finish, or its end mark. */
export function positionOfFinish(events: readonly WireEvent[]): number {
  const position = events.findIndex(({ kind }) => kind === "finish" || kind === "end");
  return position === -1 ? events.length : position;
}
