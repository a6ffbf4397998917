import type { LiveStreams } from "@salesagent/core/live";
import {
  type Clock,
  type ErrorCode,
  type JsonObject,
  SalesAgentError,
  type StoredError,
  type StreamRecord,
  type TenantStorage,
} from "@salesagent/ports";

/** Younger ones may be about to begin, or to end, in their own process. */
const SURELY_MS = 60_000;

/** What somebody meets who was not the first to end a stream. */
const OVERTAKEN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(["flow.fenced", "flow.wrong_state", "stream.unknown"] as const),
]);

const ENDED: StoredError = { code: "internal", message: "The process that ran it ended." };

interface Means {
  readonly tenant: string;
  readonly connection: string;
  /** The streams of runs that go on in this process. */
  readonly own: ReadonlySet<string>;
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
  for (const stream of items) {
    if (own.has(stream.id) || !isQuiet(stream, clock) || (await isRunning(stores, stream))) continue;
    try {
      const writer = await streams.writer(tenant, stream.id, { fence: stream.fence + 1 });
      await writer.end({ status: "failed", error: ENDED });
    } catch (error) {
      if (!SalesAgentError.is(error) || !OVERTAKEN.has(error.code)) throw error;
    }
  }
}

/** Whether nothing was told for so long that the process may have died. */
export function isQuiet({ updatedAt }: StreamRecord, clock: Clock): boolean {
  return clock.now() - Date.parse(updatedAt) >= SURELY_MS;
}

async function isRunning(stores: Means["stores"], { id }: StreamRecord): Promise<boolean> {
  const part = await stores.streams.read(id, { limit: 1 });
  const { syncId } = (part?.events[0]?.data ?? {}) as JsonObject;
  if (typeof syncId !== "string") return false;
  return (await stores.syncRuns.get(syncId))?.status === "running";
}
