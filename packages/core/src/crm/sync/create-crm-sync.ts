import {
  type CallOptions,
  type Clock,
  createSortableIds,
  type EventBus,
  type Job,
  type JobEngine,
  type JsonObject,
  type Storage,
  systemClock,
  type Worker,
  type WorkOptions,
} from "@salesagent/ports";
import { sha256Base64Url } from "../../kernel/sha256.js";
import { type CrmConnections, defaultSchedule } from "./connection.js";
import { type OpenConnection, openTenantSync } from "./open-tenant-sync.js";
import { ProviderCache } from "./provider-cache.js";
import type { TenantSync } from "./tenant-sync.js";
import { WebhookRefusals } from "./webhook-refusals.js";

/** What an app's syncs are made of. */
export interface CrmSyncOptions {
  readonly storage: Storage;
  /** The CRMs, by their names in the app: 1–200 characters each. */
  readonly connections: CrmConnections;
  /** Carries runs by the clock and the work of webhooks; in its absence the host calls `run` and `handleWebhooks`. */
  readonly jobs?: JobEngine | undefined;
  /** The queue of these jobs. @defaultValue "crm-sync" */
  readonly queue?: string | undefined;
  readonly events?: EventBus | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1). @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
  /** @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
}

/** The syncs of an app. */
export interface CrmSync {
  tenant(id: string): TenantSync;
  /**
   * Works on scheduled runs and received webhooks in this process, beside as many others as there are.
   *
   * @throws TypeError without `jobs`.
   */
  work(options?: WorkOptions): Promise<Worker>;
  /** Runs a connection of a tenant by the clock, as `schedule` of the connection says. @throws TypeError without `jobs`. */
  schedule(tenant: string, connection: string, call?: CallOptions): Promise<void>;
  unschedule(tenant: string, connection: string, call?: CallOptions): Promise<void>;
}

/**
 * Keeps an app and its CRMs in step, in both directions.
 *
 * @throws TypeError for a connection without a name, and for a function of the tenant that is said to be shared.
 */
export function createCrmSync(options: CrmSyncOptions): CrmSync {
  const { storage, jobs, queue = "crm-sync", events, clock = systemClock, random = Math.random } = options;
  const createId = options.createId ?? createSortableIds(clock);
  const connections = openConnections(options.connections);
  const refusals = new WebhookRefusals({ storage, events, clock, createId });
  const toJob = (tenant: string, connection: string, work: Work["work"]) => ({
    ...{ queue, tenant, payload: { connection, work }, key: `${connection}/${work}` },
  });
  const tenant = (id: string): TenantSync =>
    openTenantSync({
      ...{ tenant: id, storage: storage.tenant(id), connections, events, clock, random, createId, refusals },
      // Without a queue the host looks after what was received.
      onReceived: async (connection) => void (await jobs?.enqueue(toJob(id, connection, "webhooks"))),
    });
  const engine = (): JobEngine => {
    if (!jobs) throw new TypeError("crmSync.jobs must be given where syncs are scheduled or worked on");
    return jobs;
  };
  return {
    tenant,
    work: (workOptions) => engine().work(queue, (job) => work(tenant(job.tenant), job), workOptions),
    async schedule(id, connection, call) {
      const found = connections.get(connection);
      if (!found) throw new TypeError(`There is no connection ${JSON.stringify(connection)}.`);
      const { schedule = defaultSchedule((await found.providers.of(id)).provider) } = found.options;
      const { cron, zone = "UTC" } = schedule;
      const job = toJob(id, connection, "run");
      await engine().schedule({ name: await scheduleName(id, connection), cron, zone, job }, call);
    },
    unschedule: async (id, connection, call) => engine().unschedule(await scheduleName(id, connection), call),
  };
}

/** What a job asks for. */
interface Work {
  readonly connection: string;
  readonly work: "run" | "webhooks";
}

async function work(sync: TenantSync, job: Job): Promise<void> {
  const { connection, work: wanted } = readWork(job);
  if (wanted === "webhooks") await sync.handleWebhooks(connection, { signal: job.signal });
  else await sync.run(connection, { trigger: "schedule", signal: job.signal }).result();
}

function readWork({ payload, id }: Job): Work {
  const { connection, work: wanted } = (payload ?? {}) as JsonObject;
  if (typeof connection === "string" && (wanted === "run" || wanted === "webhooks"))
    return { connection, work: wanted };
  throw new TypeError(`Job ${id} is none of a sync; use a queue of its own for them`);
}

/** A tenant and a connection may have any name; a schedule may not. */
const scheduleName = async (tenant: string, connection: string): Promise<string> =>
  `crm-sync/${await sha256Base64Url(JSON.stringify([tenant, connection]))}`;

function openConnections(given: CrmConnections): ReadonlyMap<string, OpenConnection> {
  const named = Object.entries(given).map(([name, options]) => {
    if (name === "" || name.length > 200) throw new TypeError("a connection's name has 1–200 characters");
    return [name, { options, providers: new ProviderCache(name, options) }] as const;
  });
  return new Map(named);
}
