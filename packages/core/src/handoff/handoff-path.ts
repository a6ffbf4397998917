import type { RunRecord, RunStore } from "@salesagent/ports";
import type { HandoffSender } from "../agent/handoff-queue.js";
import { isRecordName } from "./handoff.js";

/** What is known of a run that works on a handoff in this process. */
export interface ReceivedRun {
  readonly agent: string;
  readonly path: readonly string[];
}

/**
 * The agents that work went through, first one first, the sender last. Runs that work on a handoff in this process know theirs;
 * else it is read from the runs that began one another.
 *
 * @param limit - How many runs are read at most; a longer path is too long in any case.
 */
export async function pathTo(
  { agent, runId, path }: HandoffSender,
  received: ReadonlyMap<string, ReceivedRun>,
  runs: Pick<RunStore, "get">,
  limit: number,
): Promise<readonly string[]> {
  if (path) return [...path, agent];
  const here = runId === undefined ? undefined : received.get(runId);
  if (here) return [...here.path, agent];
  const names = [agent];
  let next = (await read(runs, runId))?.parentRunId;
  for (let reads = 0; next !== undefined && reads < limit; reads++) {
    const around = received.get(next);
    if (around) return [...around.path, around.agent, ...names];
    const run = await read(runs, next);
    if (run && !isRecordName(run.agent)) names.unshift(run.agent);
    next = run?.parentRunId;
  }
  return names;
}

async function read(runs: Pick<RunStore, "get">, id: string | undefined): Promise<RunRecord | undefined> {
  return id === undefined ? undefined : runs.get(id);
}
