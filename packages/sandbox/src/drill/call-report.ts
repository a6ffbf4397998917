import { type Clock, onAbort, wait } from "@salesagent/ports";
import type { DrillEvent, DrillOutcome, DrillSession } from "./drill-subject.js";

/** What became of one call. */
export interface CallReport {
  /** Position among the calls of the scenario, from 1. */
  readonly index: number;
  /** What the reader has at the end: withdrawn text is gone. */
  readonly text: string;
  readonly events: readonly DrillEvent[];
  readonly ending:
    | { readonly type: "answer"; readonly outcome: DrillOutcome }
    | { readonly type: "error"; readonly error: unknown }
    /** No end within the drill's patience. */
    | { readonly type: "hung" };
  /** When the caller aborted, if it did: milliseconds since the Unix epoch, and what it gave as the reason. */
  readonly aborted?: { readonly atMs: number; readonly reason: unknown };
  readonly elapsedMs: number;
}

/** How a call is made. */
export interface CallPlan {
  readonly index: number;
  readonly prompt: string;
  /** After how long a call without an end counts as hung. */
  readonly patienceMs: number;
  /** Ends the drill. */
  readonly signal: AbortSignal | undefined;
  /** The caller gives up after so long. */
  readonly abortAfterMs?: number | undefined;
}

/** How long a call that was aborted may take to settle. */
const ABORT_GRACE_MS = 500;

/** Makes one call and notes everything that a caller sees of it. */
export async function makeCall(session: DrillSession, plan: CallPlan, clock: Clock): Promise<CallReport> {
  const startedMs = clock.elapsed();
  const caller = new AbortController();
  const { signal } = plan;
  const release = signal && onAbort(signal, () => caller.abort(signal.reason));
  const events: DrillEvent[] = [];
  let aborted: CallReport["aborted"];
  const giveUp = (reason: unknown) => {
    aborted = { atMs: clock.now(), reason };
    caller.abort(reason);
  };
  const timer =
    plan.abortAfterMs === undefined
      ? undefined
      : clock.schedule(plan.abortAfterMs, () => giveUp(new Error("The caller of the drill hung up.")));
  const read = readCall(session, { prompt: plan.prompt, signal: caller.signal }, events);
  const patienceMs = plan.abortAfterMs === undefined ? plan.patienceMs : plan.abortAfterMs + ABORT_GRACE_MS;
  const ending = await within(read, patienceMs, clock);
  timer?.cancel();
  release?.();
  if (ending.type === "hung") caller.abort(new Error("The drill ran out of patience."));
  return {
    index: plan.index,
    text: textOf(events),
    events,
    ending,
    ...(aborted === undefined ? {} : { aborted }),
    elapsedMs: clock.elapsed() - startedMs,
  };
}

async function readCall(
  session: DrillSession,
  ask: { readonly prompt: string; readonly signal: AbortSignal },
  events: DrillEvent[],
): Promise<CallReport["ending"]> {
  try {
    const call = session.call(ask);
    for await (const event of call.events) events.push(event);
    return { type: "answer", outcome: await call.outcome() };
  } catch (error) {
    return { type: "error", error };
  }
}

async function within(
  read: Promise<CallReport["ending"]>,
  patienceMs: number,
  clock: Clock,
): Promise<CallReport["ending"]> {
  const settled = new AbortController();
  const hung = wait(clock, patienceMs, settled.signal).then(
    (): CallReport["ending"] => ({ type: "hung" }),
    () => read,
  );
  const ended = read.then((ending) => {
    settled.abort();
    return ending;
  });
  return Promise.race([ended, hung]);
}

function textOf(events: readonly DrillEvent[]): string {
  let text = "";
  for (const event of events) {
    if (event.type === "restart") text = "";
    else if (event.type === "text-delta") text += event.text;
  }
  return text;
}
