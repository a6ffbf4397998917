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
import { createTableEraser, type Eraser } from "./erasure/table-eraser.js";
import { createThreadEraser } from "./erasure/thread-eraser.js";
import type { StoreContext, TableNames } from "./store-context.js";

/** What erases, table by table: runs of graphs first, so that they write nothing any more. */
export function createErasers(name: TableNames): readonly Eraser[] {
  return [
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
  ];
}

export function createPgErasureStore(context: StoreContext, erasers: readonly Eraser[]): ErasureStore {
  const count = async (
    person: PersonQuery,
    call: CallOptions | undefined,
    act: (eraser: Eraser, search: PersonSearch) => Promise<number>,
  ) => {
    context.executor.admit("erasure", call);
    const search = new PersonSearch(context, toNormalPerson(person), call);
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
