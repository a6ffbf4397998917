import type { RunRecord, RunStore } from "@salesagent/ports";
import { sumOfCosts } from "../run/cost-meter.js";

const PAGE = 500;

/** Agents that worked for a run of a graph, directly or for each other, the first one first. */
export async function partsOfRun(
  runs: RunStore,
  { id, createdAt }: { readonly id: string; readonly createdAt: string },
): Promise<readonly RunRecord[]> {
  const since: RunRecord[] = [];
  let after: string | undefined;
  do {
    const page = await runs.list({}, { limit: PAGE, after });
    since.push(...page.items.filter(({ startedAt }) => startedAt >= createdAt));
    const oldest = page.items.at(-1);
    after = oldest !== undefined && oldest.startedAt >= createdAt ? page.next : undefined;
  } while (after !== undefined);
  const family = new Set([id]);
  // A part may be stored before what it is a part of is known to be one: looked through until none is new.
  for (let known = 0; known < family.size; ) {
    known = family.size;
    for (const part of since)
      if (part.parentRunId !== undefined && family.has(part.parentRunId)) family.add(part.id);
  }
  return since.filter((part) => part.id !== id && family.has(part.id)).reverse();
}

/** What the agents of a run cost; nothing when a price is unknown. A part that is not over yet is left out. */
export function costOfParts(parts: readonly RunRecord[]): number | undefined {
  return sumOfCosts(parts.filter(({ usage }) => usage !== undefined).map(({ costUsd }) => costUsd));
}
