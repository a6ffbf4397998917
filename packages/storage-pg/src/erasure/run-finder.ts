import type { RunRecord, StepRecord } from "@salesagent/ports";
import { isRunAbout, toErasedStep } from "@salesagent/ports/store-rules";
import type { Row } from "../columns.js";
import { reading } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { personalRuns, personalSteps } from "./agent-tables.js";
import type { RunVisitor } from "./flow-finder.js";
import { selectByKeys, toKeyValues } from "./keyed-rows.js";
import { createCandidates, type PersonSearch } from "./person-search.js";
import type { PersonalTable } from "./table-eraser.js";

/** How rows tell of runs. */
interface Telling<T> {
  readonly shape: PersonalTable<T>;
  readonly idColumns?: readonly string[];
  readonly runOf: (record: T) => string;
  readonly isAbout: (record: T, search: PersonSearch) => boolean;
}

const runs: Telling<RunRecord> = {
  ...{ shape: personalRuns, idColumns: ["thread_id", "lead_id"] },
  runOf: ({ id }) => id,
  isAbout: (run, { person }) => isRunAbout(run, person),
};

const steps: Telling<StepRecord> = {
  shape: personalSteps,
  runOf: ({ runId }) => runId,
  isAbout: (step, { person }) => toErasedStep(step, person.mentions) !== step,
};

/** Finds runs of agents, by themselves and by their steps. */
export function createRunFinder(name: TableNames): RunVisitor {
  const visitors = [createVisitor(name, runs), createVisitor(name, steps)];
  return async (search, act) => {
    let acted = 0;
    for (const visit of visitors) acted += await visit(search, act);
    return acted;
  };
}

function createVisitor<T>(name: TableNames, { shape, idColumns, runOf, isAbout }: Telling<T>): RunVisitor {
  const { store, key, says, selected, fromRow } = shape;
  const table = name(shape.table);
  const candidates = createCandidates({ store, table, key, says, idColumns });
  const read = reading(selectByKeys({ table, key, selected }));
  return (search, act) => {
    const { context, person, call } = search;
    const ids = idColumns === undefined ? [] : [...person.threadIds, ...person.leadIds];
    return search.visit(candidates, ids, async (found) => {
      const values = [context.tenant, ...toKeyValues(key, found)];
      const rows: readonly Row[] = await context.executor.run(store, read, values, call);
      const about = rows.map(fromRow).filter((record) => isAbout(record, search));
      return about.length === 0 ? 0 : act([...new Set(about.map(runOf))].sort());
    });
  };
}
