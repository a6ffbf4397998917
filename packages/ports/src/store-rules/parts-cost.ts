import type { ModelCallRecord, PartsCost, RunRecord } from "../stores/run-store.js";
import { fromNanoUsd, toNanoUsd } from "./field-rules.js";

/** A part of a run, and its model calls. */
export interface Part {
  readonly run: RunRecord;
  readonly modelCalls: readonly ModelCallRecord[];
}

/** What the parts of one run cost; of one without a cost on record, what its model calls did. */
export function toPartsCost(parentRunId: string, parts: readonly Part[]): PartsCost {
  const costs = parts.flatMap(({ run, modelCalls }) =>
    run.costUsd === undefined ? modelCalls.map(({ costUsd }) => costUsd) : [run.costUsd],
  );
  const known = costs.flatMap((costUsd) =>
    costUsd === undefined ? [] : [toNanoUsd("runs", "costUsd", costUsd)],
  );
  const isKnown = known.length === costs.length;
  const sum = known.reduce((total, cost) => total + cost, 0);
  return Object.freeze({
    ...{ parentRunId, parts: parts.length },
    ...(isKnown && { costUsd: fromNanoUsd(sum) }),
  });
}
