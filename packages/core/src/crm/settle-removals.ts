import { type CrmLink, type LinkFilter, type RecordKind, SalesAgentError } from "@salesagent/ports";
import { tell } from "../kernel/tell.js";
import { draftOf, withNotes } from "./link-notes.js";
import { type SyncContext, timeOf } from "./sync-context.js";
import { SyncLog } from "./sync-log.js";

const DAY_MS = 86_400_000;
const PAGE = 500;

/** What became of the removals that wait. */
export interface SettledRemovals {
  /** Links whose removal goes on: they are due. */
  readonly cleared: number;
  /** One `sync.braked` for each kind of which more would be removed than may be. */
  readonly braked: readonly SalesAgentError<"sync.braked">[];
}

/**
 * Lets removals go on that wait, unless there are too many: counted once all that was due is done, with those of the last 24 hours.
 * Beyond `limits` none is made until somebody says so by {@link allowRemovals}. Drain after it.
 *
 * @param kinds - Of which removals are let go on. @defaultValue all
 */
export async function settleRemovals(
  context: SyncContext,
  kinds: readonly RecordKind[] = context.kinds,
): Promise<SettledRemovals> {
  let cleared = 0;
  const braked: SalesAgentError<"sync.braked">[] = [];
  for (const kind of kinds) {
    if ((await countPending(context, kind)) === 0) continue;
    const { waiting, limit, links } = await removalRoom(context, kind);
    if (waiting > limit) braked.push(await brake(context, kind, { removals: waiting, limit, of: links }));
    else cleared += await clearAll(context, kind);
  }
  return { cleared, braked };
}

/**
 * Says that the removals that wait may be made, within the next 24 hours: as many as there are now, and no more.
 *
 * @returns How many there are.
 */
export async function allowRemovals(
  context: SyncContext,
  allow: { readonly kind: RecordKind; readonly by: string },
): Promise<number> {
  const { connection, signal } = context;
  const pending = await countPending(context, allow.kind);
  const done = pending === 0 ? 0 : await countDone(context, allow.kind);
  await context.storage.transaction(
    async (stores) => {
      const value = { upTo: pending + done, until: timeOf(context, DAY_MS), by: allow.by };
      await stores.syncCursors.put({ connection, name: allowanceCursor(allow.kind), value }, { signal });
      const log = new SyncLog();
      log.add({ action: "removal-allowed" });
      await log.write(context, stores, allow.kind);
      await stores.audit.addMany(
        [
          {
            ...{ id: context.createId(), at: timeOf(context), actor: allow.by, action: "removals-allowed" },
            ...{ subject: `connection:${connection}`, facts: { kind: allow.kind, removals: pending } },
          },
        ],
        { signal },
      );
    },
    { signal },
  );
  return pending;
}

/** How many removals there are, and how many may be. */
export interface RemovalRoom {
  /** Those that wait, and those of the last 24 hours. */
  readonly waiting: number;
  /** How many need nobody's word, or were allowed. */
  readonly limit: number;
  readonly links: number;
}

/**
 * Counts removals of a kind against what may be removed without being asked.
 *
 * @param more - What is there besides, such as what a plan came upon.
 */
export async function removalRoom(
  context: SyncContext,
  kind: RecordKind,
  more = { removals: 0, links: 0 },
): Promise<RemovalRoom> {
  const done = await countDone(context, kind);
  const standing = await Promise.all(
    (["linked", "held"] as const).map((state) => countLinks(context, { kind, state })),
  );
  const links = standing.reduce((sum, count) => sum + count, done + more.links);
  const { removals, removalShare } = context.limits;
  const limit = Math.max(removals, Math.floor(links * removalShare), await allowance(context, kind));
  return { waiting: (await countPending(context, kind)) + done + more.removals, limit, links };
}

async function countPending(context: SyncContext, kind: RecordKind): Promise<number> {
  const toApp = await countLinks(context, { kind, removal: "to-app" });
  return toApp + (await countLinks(context, { kind, removal: "to-crm" }));
}

function countDone(context: SyncContext, kind: RecordKind): Promise<number> {
  return countLinks(context, { kind, state: "removed", since: timeOf(context, -DAY_MS) });
}

async function countLinks(context: SyncContext, filter: LinkFilter): Promise<number> {
  const counts = await context.storage.links.count(context.connection, filter, { signal: context.signal });
  return counts.reduce((sum, { links }) => sum + links, 0);
}

const allowanceCursor = (kind: RecordKind): string => `${kind}/removals-allowed`;

async function allowance(context: SyncContext, kind: RecordKind): Promise<number> {
  const { storage, connection, signal, clock } = context;
  const cursor = await storage.syncCursors.get(connection, allowanceCursor(kind), { signal });
  const { upTo, until } = cursor?.value ?? {};
  const stands = typeof until === "string" && Date.parse(until) >= clock.now();
  return stands && typeof upTo === "number" ? upTo : 0;
}

async function clearAll(context: SyncContext, kind: RecordKind): Promise<number> {
  const { storage, connection, signal } = context;
  let cleared = 0;
  for (const removal of ["to-app", "to-crm"] as const) {
    for (let after: string | undefined; ; ) {
      const page = await storage.links.list(
        connection,
        { kind, removal },
        { after, limit: PAGE },
        { signal },
      );
      cleared += await clear(context, page.items);
      after = page.next;
      if (after === undefined) break;
    }
  }
  return cleared;
}

/** Who works on one of them, or wrote it meanwhile, goes first. */
async function clear(context: SyncContext, links: readonly CrmLink[]): Promise<number> {
  if (links.length === 0) return 0;
  const writes = links.map((link) => ({
    link: withNotes({ ...draftOf(link), dueAt: timeOf(context) }, { cleared: true }),
    ifRevision: link.revision,
  }));
  const written = await context.storage.links.writeMany(writes, { signal: context.signal });
  return written.filter(({ status }) => status === "written").length;
}

async function brake(
  context: SyncContext,
  kind: RecordKind,
  { removals, limit, of }: { readonly removals: number; readonly limit: number; readonly of: number },
): Promise<SalesAgentError<"sync.braked">> {
  const { connection, storage } = context;
  const log = new SyncLog();
  log.add({ action: "removal-braked" });
  await log.write(context, storage, kind);
  tell(context.tell, { type: "braked", kind, removals, limit, of });
  return new SalesAgentError("sync.braked", {
    message: `${removals} of ${of} links of the kind ${kind} with ${connection} would be removed within 24 hours; ${limit} may be without being asked. None was. See whether these records are really gone, then allow it.`,
    facts: { connection, kind, removals, of, limit },
    replay: "safe",
  });
}
