import type { ServiceClient } from "@salesagent/core/http";
import {
  type CallOptions,
  type Clock,
  type CRMProvider,
  type CrmFound,
  type CrmKind,
  type CrmLookup,
  type DependencyHealth,
  SalesAgentError,
  systemClock,
} from "@salesagent/ports";
import { apolloCapabilities } from "./apollo-capabilities.js";
import { type ApolloAuth, createApolloClient } from "./apollo-client.js";
import { type ApolloOptions, resolveCrmSettings } from "./apollo-options.js";
import { ApolloRecords } from "./apollo-records.js";
import { readSchema } from "./apollo-schema.js";
import { type ApolloTasks, apolloTasks } from "./apollo-tasks.js";
import { changedRecords, listRecords, type WalkMeans } from "./apollo-walks.js";
import { askedWords, isAskedCompany, isAskedContact } from "./contact-lookup.js";
import { unsupported } from "./crm-errors.js";
import { createEnricher } from "./enricher.js";
import type { ApolloEnricher } from "./enrichment-types.js";
import { LARGEST_PAGE, searchPages } from "./search-page.js";
import { writeMany } from "./write-many.js";

/** Apollo: the data that it sells, and a team's contacts, accounts and deals. */
export interface Apollo extends CRMProvider {
  readonly provider: "apollo";
  /** What Apollo knows of people and companies; it costs credits. */
  readonly enricher: ApolloEnricher;
  readonly tasks: ApolloTasks;
}

/**
 * Apollo.io. Its records are only read unless `crm` is set.
 *
 * @example
 * ```ts
 * const vendor = apollo({ apiKey });
 * enrichWithApollo(vendor.enricher);
 * ```
 * @throws TypeError or RangeError naming the option that makes no sense.
 */
export function apollo(auth: ApolloAuth, options: ApolloOptions = {}): Apollo {
  const settings = resolveCrmSettings(options);
  const clock = options.clock ?? systemClock;
  const client = createApolloClient(auth, options);
  const records = new ApolloRecords(client, settings);
  const means: WalkMeans = { client, records, settings };
  return {
    port: "crm-provider/1",
    provider: "apollo",
    capabilities: apolloCapabilities(settings),
    enricher: createEnricher(client, clock, options.enrichment),
    tasks: apolloTasks(client, settings.writes),
    list: (kind, from, call) => listRecords(means, kind, from?.cursor, call),
    changes: (kind, from, call) => changedRecords(means, kind, from, call),
    get: (kind, id, call) => records.get(kind, id, call),
    getMany: (kind, ids, call) => records.getMany(kind, ids, call),
    lookup: (what, call) => lookup(means, what, call),
    create: (draft, call) => records.create(draft, call),
    update: (change, call) => records.update(change, call),
    remove: async (kind) => {
      throw unsupported("remove", kind, "Remove it in Apollo itself.");
    },
    writeMany: (writes, call) => writeMany(means, writes, call),
    verifyWebhook: async () => {
      throw unsupported(
        "verifyWebhook",
        undefined,
        "Apollo signs nothing; ask for results with enricher.waterfallResult.",
      );
    },
    schema: async (kind, call) => readSchema(client, records.kindOf("schema", kind), call),
    health: (call) => health(client, clock, call),
  };
}

async function lookup<Kind extends CrmKind>(
  { client, records }: WalkMeans,
  what: CrmLookup<Kind>,
  call?: CallOptions,
): Promise<CrmFound<Kind>> {
  const kind = records.kindOf("lookup", what.kind);
  const words = askedWords(kind, what);
  const filter = kind === "contact" ? { q_keywords: words } : { q_organization_name: words };
  const resource = kind === "contact" ? "contacts" : "accounts";
  const { rows } = await searchPages({ client, resource, pageSize: LARGEST_PAGE, filter, call })(1);
  const isAsked = (wire: unknown) =>
    kind === "contact"
      ? matches(records.read("contact", wire), (record) => isAskedContact(record, what))
      : matches(records.read("company", wire), (record) => isAskedCompany(record, what));
  const found = rows
    .filter(isAsked)
    .flatMap((wire) => records.read(what.kind, wire) ?? [])
    .toSorted((a, b) => (a.createdAt ?? "").localeCompare(b.createdAt ?? ""));
  return { records: found, certain: false };
}

const matches = <T>(record: T | undefined, test: (record: T) => boolean): boolean =>
  record !== undefined && test(record);

/** Asks for what was used, which costs nothing. A key that may not ask is a sound key. */
async function health(
  client: ServiceClient,
  clock: Clock,
  call: CallOptions | undefined,
): Promise<readonly DependencyHealth[]> {
  const startedMs = clock.elapsed();
  const told = (status: DependencyHealth["status"], note?: string): readonly DependencyHealth[] => [
    {
      name: "apollo",
      status,
      latencyMs: clock.elapsed() - startedMs,
      ...(note === undefined ? {} : { note }),
    },
  ];
  try {
    await client.post("/usage_stats/api_usage_stats", { ...call, replay: "safe", group: "usage_stats" });
    return told("ok");
  } catch (error) {
    call?.signal?.throwIfAborted();
    if (!SalesAgentError.is(error)) throw error;
    if (error.code === "service.auth" && error.facts.vendorCode === "API_INACCESSIBLE") return told("ok");
    return told(error.code === "service.rate_limited" ? "degraded" : "down", error.message);
  }
}
