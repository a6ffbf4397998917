import {
  type LinkWrite,
  type RecordKind,
  type RecordWrite,
  type RecordWritten,
  SalesAgentError,
} from "@salesagent/ports";
import type { PageFindings } from "./classify-page.js";
import { type SyncContext, type SyncStores, timeOf } from "./sync-context.js";
import type { SyncLog } from "./sync-log.js";

/** So many are made by one statement; the next are prepared while it is under way. */
const MADE_AT_ONCE = 125;
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
 * Makes records that are new in the app, and links them. Statements go one after the other, but none is waited for before the next
 * is prepared: the database works on some records while others are made ready.
 *
 * @returns How many were made, and removals of those whose counterpart was linked by somebody else meanwhile.
 * @throws Unstorable.
 */
export async function makeInApp(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  created: readonly NewRecord[],
  log: SyncLog,
): Promise<{ readonly made: number; readonly lost: readonly RecordWrite[] }> {
  const linking: Promise<readonly Outcome[]>[] = [];
  let before: Promise<unknown> = Promise.resolve();
  for (let at = 0; at < created.length; at += MADE_AT_ONCE) {
    const records = created.slice(at, at + MADE_AT_ONCE);
    const made = makeRecords(context, stores, kind, records);
    const linked = made.then((writes) => linkRecords(context, stores, writes));
    linked.catch(() => {}); // whoever waits for all is told
    linking.push(linked);
    await before;
    before = made;
  }
  const outcomes = (await Promise.all(linking)).flat();
  const lost: RecordWrite[] = [];
  for (const { recordId, crmId, isLinked } of outcomes) {
    if (isLinked) log.add({ action: "created-in-app", recordId, crmId });
    else lost.push({ op: "remove", kind, id: recordId });
  }
  return { made: outcomes.length, lost };
}

interface Outcome {
  readonly recordId: string;
  readonly crmId: string;
  readonly isLinked: boolean;
}

/** @returns The links that they are to have. */
async function makeRecords(
  context: SyncContext,
  stores: SyncStores,
  kind: RecordKind,
  created: readonly NewRecord[],
): Promise<readonly LinkWrite[]> {
  const ids = created.map(() => context.createId());
  const writes = created.map(
    ({ draft }, index): RecordWrite => ({ op: "put", kind, id: ids[index] ?? "", draft, ifRevision: null }),
  );
  const written = await stores.records.writeMany(writes, { signal: context.signal }).catch((error) => {
    throw toUnstorable(error, created);
  });
  return written.flatMap((outcome: RecordWritten, index) => {
    const [found, recordId] = [created[index], ids[index]];
    if (outcome.status === "stale" || !found || recordId === undefined) return [];
    return [freshLink(context, found, recordId, outcome.revision)];
  });
}

/** Tells which write of a call broke a rule of the store; any other failure stays what it is. */
function toUnstorable(error: unknown, created: readonly NewRecord[]): unknown {
  if (!SalesAgentError.is(error, "store.invalid")) return error;
  const index = /^writes\[(\d+)\]/.exec(error.facts.field)?.[1];
  const found = index === undefined ? undefined : created[Number(index)];
  return found ? new Unstorable(found.record.id, error) : error;
}

function freshLink(context: SyncContext, found: NewRecord, recordId: string, revision: string): LinkWrite {
  const { record, values, hash, awaits } = found;
  return {
    link: {
      ...{ connection: context.connection, kind: record.kind as RecordKind, recordId, crmId: record.id },
      ...{ state: "linked", base: { app: values, crm: values }, failures: 0 },
      ...{ recordRevision: revision, crmHash: hash, crmUpdatedAt: record.updatedAt },
      ...(awaits && { dueAt: timeOf(context, AWAITED_LINK_MS), notes: { awaits: 1 } }),
    },
    ifRevision: null,
  };
}

async function linkRecords(
  { signal }: SyncContext,
  stores: SyncStores,
  writes: readonly LinkWrite[],
): Promise<readonly Outcome[]> {
  if (writes.length === 0) return [];
  const written = await stores.links.writeMany(writes, { signal });
  return writes.map(({ link: { recordId, crmId = "" } }, index) => {
    return { recordId, crmId, isLinked: written[index]?.status === "written" };
  });
}
