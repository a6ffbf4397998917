import type { CrmCallOptions, CrmWrite, CrmWritten } from "@salesagent/ports";
import { BATCH_LIMIT, type ObjectCalls, passed } from "./object-calls.js";
import { addressOf, type ObjectType } from "./object-types.js";
import { chunks } from "./read-records.js";
import { failedRow } from "./written-rows.js";

/** A removal among many writes. */
interface Removal {
  readonly at: number;
  readonly recordId: string;
  readonly id: string;
}

/**
 * Archives records, a hundred at once. What is gone already is well, and so is an id that was merged away, which must not take the
 * survivor with it.
 */
export async function removeRows(
  calls: ObjectCalls,
  writes: readonly (readonly [number, CrmWrite])[],
  outcomes: Map<number, CrmWritten>,
  call?: CrmCallOptions,
): Promise<void> {
  const byType = new Map<ObjectType, Removal[]>();
  for (const [at, write] of writes) {
    if (write.op !== "remove") continue;
    outcomes.set(at, { status: "written", id: write.id });
    const address = addressOf(write.kind, write.id);
    if (address === undefined) continue;
    const rows = byType.get(address.type) ?? [];
    rows.push({ at, recordId: write.id, id: address.id });
    byType.set(address.type, rows);
  }
  for (const [type, rows] of byType) {
    for (const batch of chunks(rows, BATCH_LIMIT)) await archiveBatch(calls, type, batch, outcomes, call);
  }
}

async function archiveBatch(
  calls: ObjectCalls,
  type: ObjectType,
  rows: readonly Removal[],
  outcomes: Map<number, CrmWritten>,
  call?: CrmCallOptions,
): Promise<void> {
  try {
    const { objects } = await calls.batchRead(type, [...new Set(rows.map(({ id }) => id))], call);
    const standing = new Set(objects.map(({ id }) => id));
    const ids = [...new Set(rows.map(({ id }) => id))].filter((id) => standing.has(id));
    if (ids.length === 0) return;
    await calls.client.post(calls.paths.batch(type, "archive"), {
      ...passed(call),
      group: "general",
      replay: "safe",
      json: { inputs: ids.map((id) => ({ id })) },
    });
  } catch (error) {
    for (const { at } of rows) outcomes.set(at, failedRow(error));
  }
}
