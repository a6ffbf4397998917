import {
  type Clock,
  type CRMProvider,
  type EventBus,
  SalesAgentError,
  type TenantStorage,
} from "@salesagent/ports";
import { addCounts } from "../counts.js";
import { createSyncContext, type SyncContextOptions } from "../create-sync-context.js";
import { drainLinks } from "../drain-links.js";
import { planSync } from "../plan-sync.js";
import type { PlannedWrite } from "../planned-write.js";
import { replayDeadLetter } from "../replay-dead-letter.js";
import { resolveConflict } from "../resolve-conflict.js";
import { allowRemovals } from "../settle-removals.js";
import type { SyncContext } from "../sync-context.js";
import type { CrmConnection } from "./connection.js";
import { handleWebhooks } from "./handle-webhooks.js";
import { progressStream } from "./progress-stream.js";
import type { ProviderCache } from "./provider-cache.js";
import { receiveWebhook } from "./receive-webhook.js";
import { runSync } from "./run-sync.js";
import { connectionHealth } from "./sync-health.js";
import { connectionStatus, runHistory, syncMetrics } from "./sync-status.js";
import type { DecidedBy, SyncConflicts, SyncDeadLetters, TenantSync } from "./tenant-sync.js";
import type { WebhookRefusals } from "./webhook-refusals.js";

/** A connection with its adapters. */
export interface OpenConnection {
  readonly options: CrmConnection;
  readonly providers: ProviderCache;
}

/** What the syncs of a tenant stand on. */
export interface TenantSyncMeans {
  readonly tenant: string;
  readonly storage: TenantStorage;
  readonly connections: ReadonlyMap<string, OpenConnection>;
  readonly events: EventBus | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly createId: () => string;
  readonly refusals: WebhookRefusals;
  /** Is told that requests were received, so that a worker takes them. */
  readonly onReceived: (connection: string) => Promise<void>;
}

/** Opens the syncs of one tenant. */
export function openTenantSync(means: TenantSyncMeans): TenantSync {
  const { storage, connections } = means;
  const names = [...connections.keys()];
  return {
    run(connection, { signal, trigger = "manual", full = false, ...wishes } = {}) {
      const { providers } = connectionOf(means, connection);
      return progressStream(async (onProgress, streamSignal) => {
        const provider = await providers.of(means.tenant);
        const start = { tenant: means.tenant, trigger, full, events: means.events };
        const toContext = (runId: string, tell: SyncContextOptions["tell"]) =>
          contextOf(means, connection, provider, { ...wishes, runId, tell, signal: streamSignal });
        return runSync(toContext, means.createId, start, onProgress);
      }, signal);
    },
    plan(connection, { full = false, ...wishes } = {}) {
      connectionOf(means, connection);
      return planned(means, connection, wishes, full);
    },
    status: (call) => Promise.all(names.map((name) => connectionStatus(means, name, call))),
    history: (filter, page, call) => runHistory(means, filter, page, call),
    entries: (filter, page, call) => storage.syncRuns.entries(filter, page, call),
    metrics: (since, call) => Promise.all(names.map((name) => syncMetrics(means, name, since, call))),
    async health(call) {
      const all = [...connections].map(async ([name, { providers }]) => {
        const [provider, status] = await Promise.all([
          providers.of(means.tenant),
          connectionStatus(means, name, call),
        ]);
        return connectionHealth(provider, status, call);
      });
      return (await Promise.all(all)).flat();
    },
    conflicts: conflictsOf(means),
    deadLetters: deadLettersOf(means),
    allowRemovals: async (connection, kind, { by, signal }) =>
      allowRemovals(await openContext(means, connection, { signal }), { kind, by }),
    async receiveWebhook(connection, request) {
      const { providers } = connectionOf(means, connection);
      const now = () => new Date(means.clock.now()).toISOString();
      const received = await receiveWebhook({ ...means, connection, providers, now }, request);
      // Of one that comes again too: a worker may not have been told of it before.
      if (received.hints > 0) await means.onReceived(connection);
      return received;
    },
    async handleWebhooks(connection, call) {
      const context = await openContext(means, connection, { signal: call?.signal });
      await handleWebhooks(context);
      const counts = { ...(await drainLinks(context)) };
      // What comes while links are worked on has no job of its own, since this one is not over.
      while ((await handleWebhooks(context)) > 0) addCounts(counts, await drainLinks(context));
      return counts;
    },
  };
}

type ContextWishes = Pick<SyncContextOptions, "kinds" | "direction" | "runId" | "tell" | "signal">;

async function openContext(
  means: TenantSyncMeans,
  connection: string,
  wishes: ContextWishes = {},
): Promise<SyncContext> {
  const { providers } = connectionOf(means, connection);
  return contextOf(means, connection, await providers.of(means.tenant), wishes);
}

async function* planned(
  means: TenantSyncMeans,
  connection: string,
  wishes: ContextWishes,
  full: boolean,
): AsyncGenerator<PlannedWrite, void, undefined> {
  yield* planSync(await openContext(means, connection, wishes), { full });
}

function contextOf(
  { storage, clock, random, createId, ...means }: TenantSyncMeans,
  connection: string,
  provider: CRMProvider,
  wishes: ContextWishes,
): SyncContext {
  const { kinds, direction, fields, toleranceMs, limits } = connectionOf(means, connection).options;
  return createSyncContext({
    ...{ connection, provider, storage, fields, toleranceMs, limits, clock, random, createId },
    ...wishes,
    kinds: wishes.kinds ?? kinds,
    direction: wishes.direction ?? direction,
  });
}

function connectionOf({ connections }: Pick<TenantSyncMeans, "connections">, name: string): OpenConnection {
  const found = connections.get(name);
  if (found) return found;
  const known = [...connections.keys()].join(", ");
  throw new TypeError(`There is no connection ${JSON.stringify(name)}; there are: ${known}.`);
}

function conflictsOf(means: TenantSyncMeans): SyncConflicts {
  const { conflicts } = means.storage;
  return {
    list: (filter, page, call) => conflicts.list(filter, page, call),
    get: (id, call) => conflicts.get(id, call),
    async resolve(id, choice, { by, signal }) {
      const conflict = await conflicts.get(id, { signal });
      if (!conflict) throw notThere("conflicts", id);
      await resolveConflict(await openContext(means, conflict.connection, { signal }), { id, choice, by });
    },
  };
}

function deadLettersOf(means: TenantSyncMeans): SyncDeadLetters {
  const { deadLetters } = means.storage;
  return {
    list: (filter, page, call) => deadLetters.list(filter, page, call),
    get: (id, call) => deadLetters.get(id, call),
    async replay(id, { by, signal }) {
      const letter = await deadLetters.get(id, { signal });
      if (!letter) throw notThere("deadLetters", id);
      await replayDeadLetter(await openContext(means, letter.connection, { signal }), { id, by });
      await auditLetter(means, "dead-letter-replayed", id, { by, signal });
    },
    async drop(id, { by, signal }) {
      const isDropped = await deadLetters.end(id, "dropped", by, { signal });
      if (isDropped) await auditLetter(means, "dead-letter-dropped", id, { by, signal });
      return isDropped;
    },
  };
}

async function auditLetter(
  { storage, createId, clock }: TenantSyncMeans,
  action: string,
  id: string,
  { by, signal }: DecidedBy,
): Promise<void> {
  const at = new Date(clock.now()).toISOString();
  const record = { id: createId(), at, actor: by, action, subject: `dead-letter:${id}`, facts: {} };
  await storage.audit.addMany([record], { signal });
}

function notThere(store: string, id: string): SalesAgentError<"store.not_found"> {
  return new SalesAgentError("store.not_found", {
    message: `This tenant has no ${store === "conflicts" ? "conflict" : "dead letter"} ${JSON.stringify(id)}. List the open ones again.`,
    facts: { store, id },
    replay: "safe",
  });
}
