import type { LiveStreams } from "@salesagent/core/live";
import type { Clock, JsonObject, StoredError, StreamRecord, TenantStorage } from "@salesagent/ports";

/** Younger ones may be about to begin, or to end, in their own process. */
const SURELY_MS = 60_000;

const ENDED: StoredError = { code: "internal", message: "The process that ran it ended." };

interface Means {
  readonly tenant: string;
  readonly connection: string;
  /** The stream of the run that looks. */
  readonly own: string;
  readonly streams: Pick<LiveStreams, "writer">;
  readonly stores: Pick<TenantStorage, "streams" | "syncRuns">;
  readonly clock: Clock;
}

/** Ends the streams of syncs whose processes died, so that their readers do not wait for ever. */
export async function endAbandoned({
  tenant,
  connection,
  own,
  streams,
  stores,
  clock,
}: Means): Promise<void> {
  const filter = { source: `sync:${connection}`, status: "open" } as const;
  const { items } = await stores.streams.list(filter, { limit: 100 });
  const latest = new Date(clock.now() - SURELY_MS).toISOString();
  for (const stream of items) {
    if (stream.id === own || stream.updatedAt > latest || (await isRunning(stores, stream))) continue;
    const writer = await streams.writer(tenant, stream.id, { fence: stream.fence + 1 });
    await writer.end({ status: "failed", error: ENDED });
  }
}

async function isRunning(stores: Means["stores"], { id }: StreamRecord): Promise<boolean> {
  const part = await stores.streams.read(id, { limit: 1 });
  const { syncId } = (part?.events[0]?.data ?? {}) as JsonObject;
  if (typeof syncId !== "string") return false;
  return (await stores.syncRuns.get(syncId))?.status === "running";
}
