import type { CrmHint, InboxEntry, JsonValue, RecordKind } from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import { PullLetters } from "../pull-letters.js";
import { pullPage } from "../pull-page.js";
import { bulkCall, type SyncContext, timeOf } from "../sync-context.js";

const BATCH = 100;
const LEASE_MS = 120_000;
/** After so many tries an entry is left to a person; what it hinted at is found by the next sync all the same. */
const ATTEMPTS = 8;
const RETRY_MS = 30_000;

/**
 * Works on the webhook requests that were received: makes the links of what they hint at due, and reads records that are not known yet
 * as they are now; never anything out of a request itself. Drain after it.
 *
 * @returns How many requests were handled.
 */
export async function handleWebhooks(context: SyncContext): Promise<number> {
  const { storage, connection, signal } = context;
  let handled = 0;
  for (;;) {
    signal?.throwIfAborted();
    const entries = await storage.inbox.claim(
      { source: connection, leaseMs: LEASE_MS, limit: BATCH },
      { signal },
    );
    if (entries.length === 0) return handled;
    for (const entry of entries) handled += (await handleEntry(context, entry)) ? 1 : 0;
  }
}

async function handleEntry(context: SyncContext, entry: InboxEntry): Promise<boolean> {
  const { storage, signal } = context;
  try {
    const hints = hintsOf(entry.hints);
    for (const kind of context.kinds)
      await takeHints(
        context,
        kind,
        hints.filter((hint) => hint.kind === kind),
      );
    await storage.inbox.settle(entry.id, { status: "handled" }, { signal });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (!SalesAgentError.is(error)) throw error;
    const stored = { code: error.code, message: error.message };
    const retryAt = timeOf(context, RETRY_MS * entry.attempts);
    const isLast = entry.attempts >= ATTEMPTS;
    await storage.inbox.settle(
      entry.id,
      isLast ? { status: "failed", error: stored } : { status: "received", error: stored, retryAt },
      { signal },
    );
    return false;
  }
}

async function takeHints(context: SyncContext, kind: RecordKind, hints: readonly CrmHint[]): Promise<void> {
  if (hints.length === 0) return;
  const { storage, connection, signal } = context;
  const crmIds = [...new Set(hints.map(({ id }) => id))];
  const links = await storage.links.findStandings(connection, kind, crmIds, { signal });
  const known = crmIds.filter((_, index) => links[index] !== undefined);
  const unknown = crmIds.filter((_, index) => links[index] === undefined);
  if (known.length > 0) {
    await storage.links.hint({ connection, kind, crmIds: known, dueAt: timeOf(context) }, { signal });
  }
  if (unknown.length === 0) return;
  const found = await context.provider.getMany(kind, unknown, bulkCall(context));
  const records = found.flatMap((record) => (record ? [record] : []));
  if (records.length === 0) return;
  const letters = await PullLetters.read(context, kind);
  await pullPage(context, kind, { records, from: "changes" });
  await letters.endOf(records);
}

/** What was kept by `receiveWebhook`. */
function hintsOf(value: JsonValue): readonly CrmHint[] {
  return Array.isArray(value) ? (value as readonly CrmHint[]) : [];
}
