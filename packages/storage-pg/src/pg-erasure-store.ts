import type { CallOptions, ErasureStore, PersonQuery } from "@salesagent/ports";
import { toNormalPerson, toPersonalRecords } from "@salesagent/ports/store-rules";
import {
  personalAudit,
  personalImports,
  personalResults,
  personalRuns,
  personalSteps,
} from "./erasure/agent-tables.js";
import { personalApprovals, personalEffects } from "./erasure/deed-tables.js";
import { createFlowEraser } from "./erasure/flow-eraser.js";
import { createLeadEraser } from "./erasure/lead-eraser.js";
import {
  personalAnswers,
  personalFacts,
  personalMessages,
  personalSummaries,
  personalVectors,
} from "./erasure/memory-tables.js";
import { PersonSearch } from "./erasure/person-search.js";
import { type ContactFinder, createContactFinder, createRecordEraser } from "./erasure/record-eraser.js";
import { createStreamEraser } from "./erasure/stream-eraser.js";
import {
  personalConflicts,
  personalInbox,
  personalLetters,
  personalLinks,
  personalSyncEntries,
  personalSyncRuns,
} from "./erasure/sync-tables.js";
import { createTableEraser, type Eraser } from "./erasure/table-eraser.js";
import { createThreadEraser } from "./erasure/thread-eraser.js";
import type { StoreContext, TableNames } from "./store-context.js";

/** What finds a person's records and erases them. */
export interface Erasing {
  readonly findContacts: ContactFinder;
  readonly erasers: readonly Eraser[];
}

/**
 * What erases, table by table: streams first, since they are found by the runs that they tell of; then runs of graphs, so that they
 * write nothing any more; and contacts last, since what belongs to them is found by them.
 */
export function createErasing(name: TableNames): Erasing {
  const erasers = [
    createStreamEraser(name),
    createFlowEraser(name),
    createLeadEraser(name),
    createTableEraser(name, personalResults),
    createThreadEraser(name),
    createTableEraser(name, personalMessages),
    createTableEraser(name, personalSummaries),
    createTableEraser(name, personalFacts),
    createTableEraser(name, personalAnswers),
    createTableEraser(name, personalVectors),
    createTableEraser(name, personalRuns),
    createTableEraser(name, personalSteps),
    createTableEraser(name, personalEffects),
    createTableEraser(name, personalApprovals),
    createTableEraser(name, personalAudit),
    createTableEraser(name, personalImports),
    createTableEraser(name, personalLinks),
    createTableEraser(name, personalConflicts),
    createTableEraser(name, personalLetters),
    createTableEraser(name, personalSyncEntries),
    createTableEraser(name, personalSyncRuns),
    createTableEraser(name, personalInbox),
    createRecordEraser(name),
  ];
  return { findContacts: createContactFinder(name), erasers };
}

export function createPgErasureStore(
  context: StoreContext,
  { findContacts, erasers }: Erasing,
): ErasureStore {
  const count = async (
    person: PersonQuery,
    call: CallOptions | undefined,
    act: (eraser: Eraser, search: PersonSearch) => Promise<number>,
  ) => {
    context.executor.admit("erasure", call);
    const search = new PersonSearch(context, toNormalPerson(person), call);
    search.setContacts(await findContacts(search));
    const counts: Record<string, number> = {};
    for (const eraser of erasers) {
      counts[eraser.store] = (counts[eraser.store] ?? 0) + (await act(eraser, search));
    }
    return toPersonalRecords(counts);
  };
  return {
    port: "erasure-store/1",
    find: (person, call) => count(person, call, (eraser, search) => eraser.find(search)),
    erase: (person, call) => count(person, call, (eraser, search) => eraser.erase(search)),
  };
}
