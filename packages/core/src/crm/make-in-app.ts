import { type LinkedRecord, type RecordKind, SalesAgentError } from "@salesagent/ports";
import type { PageFindings } from "./classify-page.js";
import { type SyncContext, type SyncStores, timeOf } from "./sync-context.js";
import type { SyncLog } from "./sync-log.js";

/** So many are made by one statement; the next are prepared while it is under way. */
const MADE_AT_ONCE = 250;
/** How long a record that hangs on one that is not linked yet waits before it is looked at again. */
const AWAITED_LINK_MS = 60_000;

type NewRecord = PageFindings["created"][number];

/** A record of the page breaks a rule of the store; the page is taken in without it. */
export class Unstorable extends Error {
  constructor(
    readonly crmId: string,
    readonly error: SalesAgentError,
  ) {
    super("unstorable record");
  }
}

/**
 * Makes records that are new in the app, each with its link. Statements go one after the other, but none is waited for before the next
 * is prepared: the database works on some records while others are made ready.
 *
 * @returns How many were made: not those whose counterpart was linked by somebody else meanwhile.
 * @throws Unstorable.
 */
export async function makeInApp(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  created: readonly NewRecord[],
  log: SyncLog,
): Promise<number> {
  const making: Promise<readonly LinkedRecord[]>[] = [];
  let before: Promise<unknown> = Promise.resolve();
  for (let at = 0; at < created.length; at += MADE_AT_ONCE) {
    const made = makeRecords(context, stores, kind, created.slice(at, at + MADE_AT_ONCE));
    made.catch(() => {}); // whoever waits for all is told
    making.push(made);
    await before;
    before = made;
  }
  const made = (await Promise.all(making)).flat();
  for (const { recordId, crmId } of made) log.add({ action: "created-in-app", recordId, crmId });
  return made.length;
}

/** @returns Those that were made. */
async function makeRecords(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  created: readonly NewRecord[],
): Promise<readonly LinkedRecord[]> {
  const { connection, signal } = context;
  const records = created.map((found) => linkedRecord(context, found));
  try {
    const outcomes = await stores.links.makeRecords({ connection, kind, records }, { signal });
    return records.filter((_, index) => outcomes[index]?.status === "made");
  } catch (error) {
    throw toUnstorable(error, created);
  }
}

function linkedRecord(context: SyncContext, { record, draft, hash, awaits }: NewRecord): LinkedRecord {
  return {
    recordId: context.createId(),
    draft,
    crmId: record.id,
    crmHash: hash,
    crmUpdatedAt: record.updatedAt,
    notes: awaits ? { awaits: 1 } : undefined,
    dueAt: awaits ? timeOf(context, AWAITED_LINK_MS) : undefined,
  };
}

/** Tells which record of a call broke a rule of the store; any other failure stays what it is. */
function toUnstorable(error: unknown, created: readonly NewRecord[]): unknown {
  if (!SalesAgentError.is(error, "store.invalid")) return error;
  const index = /^records\[(\d+)\]/.exec(error.facts.field)?.[1];
  const found = index === undefined ? undefined : created[Number(index)];
  return found ? new Unstorable(found.record.id, error) : error;
}
