import {
  type CrmCallOptions,
  type CrmCapabilities,
  type CrmKind,
  type CrmRecord,
  type CrmWrite,
  type CrmWritten,
  SalesAgentError,
} from "@salesagent/ports";
import type { DoubleCalls } from "./double-calls.js";

type WriteOne = (write: CrmWrite) => CrmRecord | undefined;

interface BatchParts {
  readonly calls: DoubleCalls;
  readonly capabilities: CrmCapabilities;
}

/** Writes rows in batches as large as the CRM takes, each a request. */
export async function writeBatches(
  parts: BatchParts,
  writes: readonly CrmWrite[],
  options: CrmCallOptions | undefined,
  writeOne: WriteOne,
): Promise<readonly CrmWritten[]> {
  const written: CrmWritten[] = [];
  for (let at = 0; at < writes.length; ) {
    const [first] = writes.slice(at, at + 1);
    const size = first === undefined ? 1 : (parts.capabilities.kinds[kindOf(first)]?.maxBatch ?? 1);
    const batch = writes.slice(at, at + size);
    written.push(...(await writeBatch(parts.calls, batch, options, writeOne, at > 0)));
    at += batch.length;
  }
  return written;
}

export function kindOf(write: CrmWrite): CrmKind {
  if (write.op === "create") return write.draft.kind;
  return write.op === "update" ? write.change.kind : write.kind;
}

/** @param begun - Something was sent before, so nothing is thrown. */
async function writeBatch(
  calls: DoubleCalls,
  batch: readonly CrmWrite[],
  options: CrmCallOptions | undefined,
  writeOne: WriteOne,
  begun: boolean,
): Promise<readonly CrmWritten[]> {
  const written: CrmWritten[] = [];
  try {
    return await calls.run({ operation: "writeMany" }, options, async () => {
      for (const write of batch) written.push(await writeRow(calls, write, options, writeOne));
      return written;
    });
  } catch (error) {
    if (!SalesAgentError.is(error)) throw error;
    const unknown = error.replay === "unsafe";
    if (!begun && !unknown) throw error;
    return batch.map(() => ({ status: unknown ? "unknown" : "refused", error }));
  }
}

async function writeRow(
  calls: DoubleCalls,
  write: CrmWrite,
  options: CrmCallOptions | undefined,
  writeOne: WriteOne,
): Promise<CrmWritten> {
  try {
    const call = { operation: write.op, kind: kindOf(write), batched: true, ...rowFacts(write) } as const;
    const record = await calls.run(call, options, () => writeOne(write));
    if (record !== undefined) return { status: "written", id: record.id, record };
    return { status: "written", id: write.op === "remove" ? write.id : "" };
  } catch (error) {
    if (!SalesAgentError.is(error)) throw error;
    return { status: error.replay === "safe" ? "refused" : "unknown", error };
  }
}

function rowFacts(write: CrmWrite) {
  if (write.op === "create") return { draft: write.draft };
  return write.op === "update" ? { change: write.change, id: write.change.id } : { id: write.id };
}
