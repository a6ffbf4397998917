import type { FlowWrite } from "@salesagent/ports";
import type { WaitFor } from "../flow.js";

type Waiting = Extract<NonNullable<FlowWrite["rest"]>, { readonly status: "waiting" }>;

/** How a run rests that waits: for events by their names, and until the first of its times. */
export function restOf(on: readonly WaitFor[]): Waiting {
  const names = on.flatMap((wait) => (wait.kind === "sleep" ? [] : [wait.name]));
  const times = on.flatMap((wait) => ("dueAt" in wait && wait.dueAt !== undefined ? [wait.dueAt] : []));
  const [dueAt] = times.sort();
  return { status: "waiting", awaiting: [...new Set(names)], ...(dueAt === undefined ? {} : { dueAt }) };
}

/** Answers that were refused: they are dropped, or the run would find them again for ever. */
export function refusedAnswers(on: readonly WaitFor[]): readonly string[] {
  return on.flatMap((wait) => (wait.kind === "interrupt" && wait.problem !== undefined ? [wait.name] : []));
}
