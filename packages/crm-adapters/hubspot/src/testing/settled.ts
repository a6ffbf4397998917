import type { CRMProvider, CrmChanges, CrmKind, CrmRecord } from "@salesagent/ports";
import type { ManualClock } from "@salesagent/sandbox/crm";

const STEP_MS = 100;
const TURNS = 6;

/** What a promise comes to, while time passes for whoever waits. */
export async function settled<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  let done = false;
  const note = () => {
    done = true;
  };
  promise.then(note, note);
  for (let steps = 0; steps < 1_000_000; steps += 1) {
    for (let turn = 0; turn < TURNS && !done; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    if (done) return promise;
    if (clock.pending > 0) clock.advance(STEP_MS);
  }
  throw new Error("the promise does not settle");
}

/** All that changes tell, to their end. */
export interface Drained {
  readonly records: readonly CrmRecord[];
  readonly removed: readonly { readonly id: string; readonly mergedInto?: string }[];
  readonly cursor: string;
  readonly pages: readonly CrmChanges[];
}

/** Reads changes to their end. */
export async function drain(
  clock: ManualClock,
  provider: CRMProvider,
  kind: CrmKind,
  from: { readonly cursor: string } | { readonly since: string },
): Promise<Drained> {
  const pages: CrmChanges[] = [];
  const read = async () => {
    for await (const page of provider.changes(kind, from, { priority: "bulk" })) pages.push(page);
  };
  await settled(clock, read());
  const last = pages.at(-1);
  if (last === undefined) throw new Error("changes brings a page");
  return {
    records: pages.flatMap(({ records }) => records),
    removed: pages.flatMap(({ removed }) => removed),
    cursor: last.cursor,
    pages,
  };
}
