import type { CallOptions, StreamRecord } from "@salesagent/ports";
import type { LiveStreams } from "./live-streams.js";

/**
 * The stream of a run's n-th telling. A stream that has ended stays so: a run that is tried again after it failed is told in another
 * one.
 */
const streamIdOf = (runId: string, telling: number): string =>
  telling === 1 ? runId : `${runId}~${telling}`;

/** The stream in which a run is told last; nothing where it has none. */
export async function lastStream(
  streams: Pick<LiveStreams, "get">,
  { tenant, id }: { readonly tenant: string; readonly id: string },
  call?: CallOptions,
): Promise<{ readonly record: StreamRecord; readonly telling: number } | undefined> {
  let last: { readonly record: StreamRecord; readonly telling: number } | undefined;
  for (let telling = 1; ; telling++) {
    const record = await streams.get(tenant, streamIdOf(id, telling), call);
    if (!record) return last;
    last = { record, telling };
    if (record.status !== "failed") return last;
  }
}

/** What a further telling of a run begins with. */
export function nextDraft(runId: string, { record, telling }: { record: StreamRecord; telling: number }) {
  const { source, threadId, leadId, startedBy } = record;
  return {
    id: streamIdOf(runId, telling + 1),
    source,
    ...(threadId !== undefined && { threadId }),
    ...(leadId !== undefined && { leadId }),
    ...(startedBy !== undefined && { startedBy }),
  };
}
