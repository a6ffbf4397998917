import type { RetentionLimits } from "@salesagent/ports";
import { toInboxKey } from "./memory-inbox-store.js";
import { findOld, type Prune } from "./old-items.js";

type SyncKind = "syncRuns" | "syncEntries" | "conflicts" | "deadLetters" | "inbox";

/** What drops each kind of records of syncs. */
export const syncPrunes: Readonly<Record<SyncKind & keyof RetentionLimits, Prune>> = {
  syncRuns({ syncRuns }, span) {
    const old = findOld(
      syncRuns.all(),
      ({ status, finishedAt, startedAt }) => (status === "running" ? undefined : (finishedAt ?? startedAt)),
      span,
    );
    syncRuns.remove(old.map(({ id }) => id));
    return old.length;
  },
  syncEntries({ syncEntries }, span) {
    const old = findOld(syncEntries.all(), ({ at }) => at, span);
    syncEntries.remove(old.map(({ id }) => id));
    return old.length;
  },
  conflicts({ conflicts }, span) {
    const old = findOld(
      conflicts.all(),
      ({ status, endedAt, foundAt }) => (status === "open" ? undefined : (endedAt ?? foundAt)),
      span,
    );
    conflicts.remove(old.map(({ id }) => id));
    return old.length;
  },
  deadLetters({ deadLetters }, span) {
    const old = findOld(
      deadLetters.all(),
      ({ status, updatedAt }) => (status === "open" ? undefined : updatedAt),
      span,
    );
    deadLetters.remove(old.map(({ id }) => id));
    return old.length;
  },
  inbox({ inbox, inboxKeys }, span) {
    const old = findOld(
      inbox.all(),
      ({ entry }) => (entry.status === "received" ? undefined : entry.receivedAt),
      span,
    );
    inbox.remove(old.map(({ entry }) => entry.id));
    for (const { entry } of old) inboxKeys.delete(toInboxKey(entry));
    return old.length;
  },
};
