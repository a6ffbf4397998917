import type { CrmRecord, SalesAgentError } from "@salesagent/ports";
import { misfitOf } from "./check-values.js";
import { contentHash } from "./content-hash.js";
import type { WalkPage } from "./read-batches.js";
import type { SyncContext } from "./sync-context.js";

/** What a record of a CRM says by itself, whatever is stored. */
export interface RecordLook {
  readonly record: CrmRecord;
  readonly hash: string;
  /** About its size, in characters. */
  readonly chars: number;
  /** Why it can't be taken in. */
  readonly misfit: SalesAgentError | undefined;
}

export function lookAt(context: SyncContext, record: CrmRecord): RecordLook {
  return { record, ...contentHash(record), misfit: misfitOf(context, "crm", record) };
}

/** Pages with a look at each of their records: so that it is taken while pages are read ahead, and no transaction waits for it. */
export async function* withLooks<Page extends WalkPage>(
  context: SyncContext,
  pages: AsyncIterable<Page>,
): AsyncGenerator<Page & { readonly looks: readonly RecordLook[] }, void, undefined> {
  for await (const page of pages) {
    yield { ...page, looks: page.records.map((record) => lookAt(context, record)) };
  }
}
