import type { CallOptions, CRMProvider, DependencyHealth } from "@salesagent/ports";
import type { ConnectionStatus } from "./sync-status.js";

/** How a connection does: the CRM itself, and the sync with it. */
export async function connectionHealth(
  provider: CRMProvider,
  status: ConnectionStatus,
  call?: CallOptions,
): Promise<readonly DependencyHealth[]> {
  return [...(await provider.health(call)), syncHealth(status)];
}

function syncHealth(status: ConnectionStatus): DependencyHealth {
  const { connection, lastRun, openDeadLetters, heldRemovals } = status;
  const notes = [
    ...(lastRun?.status === "failed"
      ? [`the last run failed with ${lastRun.error?.code ?? "an error"}`]
      : []),
    ...(openDeadLetters > 0 ? [`${openDeadLetters} dead letters are open`] : []),
    ...(heldRemovals > 0 ? [`${heldRemovals} removals wait for somebody's word`] : []),
  ];
  const name = `sync/${connection}`;
  return notes.length === 0 ? { name, status: "ok" } : { name, status: "degraded", note: notes.join("; ") };
}
