import type {
  CallOptions,
  Clock,
  EventBus,
  StoredError,
  SyncRun,
  TenantStorage,
  TenantStores,
} from "@salesagent/ports";

const PAGE_RUNS = 100;

/** What a run ends with whose process died. */
const ENDED: StoredError = { code: "internal", message: "The process that ran it ended." };

/** What ending the runs of dead processes stands on. */
export interface DeadRunMeans {
  readonly tenant: string;
  readonly storage: TenantStorage;
  readonly clock: Clock;
  /** Hears `sync-failed` of each run that is ended, once. */
  readonly events: EventBus | undefined;
}

/** Where the process of a run says that it lives, among the cursors of its connection. */
export const presenceOf = (runId: string): string => `runs/${runId}`;

/** Ends the runs, of one connection or all, that are on record as running and that no process says it runs. */
export async function endDeadRuns(
  means: DeadRunMeans,
  connection: string | undefined,
  call?: CallOptions,
): Promise<void> {
  const running: SyncRun[] = [];
  for (let after: string | undefined; ; ) {
    const filter = { connection, status: "running" } as const;
    const page = await means.storage.syncRuns.list(filter, { limit: PAGE_RUNS, after }, call);
    running.push(...page.items);
    after = page.next;
    if (after === undefined) break;
  }
  for (const run of running) await asItStands(means, run, call);
}

/** A run as it was read, or where no process says any more that it runs it, as it is on record then: ended. */
export async function asItStands(means: DeadRunMeans, run: SyncRun, call?: CallOptions): Promise<SyncRun> {
  if (run.status !== "running" || (await isPresent(means, means.storage, run, call))) return run;
  const { signal } = call ?? {};
  const { found, isEnded } = await means.storage.transaction(
    (stores) => endIfDead(means, stores, run, call),
    { signal },
  );
  if (isEnded) tell(means, found);
  return found;
}

/** As it stands within one transaction: a run that comes to its own end meanwhile is left as it ended. */
async function endIfDead(
  means: DeadRunMeans,
  stores: TenantStores,
  read: SyncRun,
  call?: CallOptions,
): Promise<{ readonly found: SyncRun; readonly isEnded: boolean }> {
  const found = (await stores.syncRuns.get(read.id, call)) ?? read;
  const isOver = found.status !== "running";
  if (isOver || (await isPresent(means, stores, found, call))) return { found, isEnded: false };
  const finishedAt = new Date(means.clock.now()).toISOString();
  const ended: SyncRun = { ...found, status: "failed", error: ENDED, finishedAt };
  await stores.syncRuns.put(ended, call);
  await stores.syncCursors.remove(found.connection, presenceOf(found.id), call);
  return { found: ended, isEnded: true };
}

async function isPresent(
  { clock }: DeadRunMeans,
  { syncCursors }: Pick<TenantStores, "syncCursors">,
  { connection, id }: SyncRun,
  call?: CallOptions,
): Promise<boolean> {
  const until = (await syncCursors.get(connection, presenceOf(id), call))?.value["until"];
  return typeof until === "string" && Date.parse(until) >= clock.now();
}

function tell({ tenant, events }: DeadRunMeans, run: SyncRun): void {
  const { id: syncId, connection, startedAt, finishedAt: at = startedAt } = run;
  const latencyMs = Math.max(0, Date.parse(at) - Date.parse(startedAt));
  events?.emit("sync-failed", { tenant, at, connection, syncId, error: ENDED, latencyMs });
}
