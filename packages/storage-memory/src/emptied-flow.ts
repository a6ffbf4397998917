import type { JsonValue } from "@salesagent/ports";
import { type NormalPerson, toErasedFlow } from "@salesagent/ports/store-rules";
import { type FlowRow, hasEnded, readHistory } from "./flow-row.js";

const NONE: readonly never[] = Object.freeze([]);

/** Whether it holds nothing that a run goes on from. */
function isEmpty({ last, steps, events, lastWrite }: FlowRow): boolean {
  return last === undefined && steps.length + events.length === 0 && lastWrite === undefined;
}

/** A run that has ended, without what it went on from. */
export function emptyRow(row: FlowRow): FlowRow {
  return { ...row, last: undefined, steps: NONE, events: NONE, lastWrite: undefined, isEmptied: true };
}

/**
 * A run without what it holds of a person, whom it mentions or whose thread it belongs to; the run itself where it does
 * neither, or all of that is gone.
 */
export function eraseRow(row: FlowRow, person: NormalPerson, now: string): FlowRow {
  if (!isFlowAbout(row, person)) return row;
  const rest = toErasedFlow(row, person.mentions);
  const isBlank = hasEnded(row) && row.input === null && row.output === undefined && isEmpty(row);
  if (isBlank) return rest;
  const blank = { ...emptyRow(rest), input: null, output: undefined };
  if (hasEnded(row)) return blank;
  const stop =
    rest.stop ?? Object.freeze({ by: "erasure", reason: "What it held of a person was erased.", at: now });
  return {
    ...{ ...blank, status: "cancelled", owner: undefined, dueAt: undefined, awaiting: NONE, stop },
    ...{ fence: row.fence + 1, updatedAt: now },
  };
}

/** Whether a run mentions the person, or belongs to one of their threads. */
export function isFlowAbout(row: FlowRow, { mentions, isTheirThread }: NormalPerson): boolean {
  return isTheirThread(row.threadId) || textsOf(row).some((text) => mentions.isIn(text));
}

/** All in a run that may mention somebody. */
function textsOf(row: FlowRow): readonly (JsonValue | undefined)[] {
  const { id, input, output, error, stop, awaiting, steps, events, seq } = row;
  const checkpoints = readHistory(row, 0, seq).map(({ delta, snapshot }) => [delta, snapshot ?? null]);
  return [
    ...[id, input, output, error?.message, stop?.by, stop?.reason, awaiting],
    ...steps.map(({ key, value }) => [key, value]),
    ...events.map(({ name, payload }) => [name, payload]),
    ...checkpoints,
  ];
}
