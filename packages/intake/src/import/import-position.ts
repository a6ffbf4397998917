import type { ImportRecord, JsonObject } from "@salesagent/ports";

/** Where an import goes on: a row border, and the length of the rejects as of then. */
export interface ImportPosition {
  readonly byte: number;
  readonly row: number;
  readonly rejects: number;
}

/** The position as it is stored. */
export function toStoredPosition({ byte, row, rejects }: ImportPosition): JsonObject {
  return { byte, row, rejects };
}

/** Where a stored import stopped; undefined when it was completed or its position is of another shape. */
export function resumePosition(record: ImportRecord | undefined): ImportPosition | undefined {
  if (record?.status !== "running") return undefined;
  const { byte, row, rejects } = record.position as { byte?: unknown; row?: unknown; rejects?: unknown };
  return isCount(byte) && isCount(row) && isCount(rejects) ? { byte, row, rejects } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
