import type {
  CrmCallOptions,
  CrmFound,
  CrmKind,
  CrmLookup,
  CrmLookupSupport,
  CrmRecord,
} from "@salesagent/ports";
import { incompleteError, unsupportedError } from "./crm-errors.js";
import { type ObjectCalls, SEARCH_LIMIT, type SearchFilter } from "./object-calls.js";
import { type ObjectType, TYPES_OF_KIND, toRecordId } from "./object-types.js";
import { readRecords, recordsOf } from "./read-records.js";
import type { HubspotObject } from "./to-record.js";

/** How long a search may be behind. Users measure up to 30 seconds. */
const INDEX_LAG_MS = 30_000;

/** More matches than this of one name are no lookup any more. */
const MOST_MATCHES = 1_000;

/** What records of a kind can be found by. */
export function lookupSupport(
  kind: CrmKind,
  externalIdProperty: string | undefined,
): readonly CrmLookupSupport[] {
  const external =
    externalIdProperty === undefined ? [] : [{ by: "externalId", consistency: "strong" } as const];
  const index = (by: "domain" | "name") => ({ by, consistency: "index", lagMs: INDEX_LAG_MS }) as const;
  switch (kind) {
    case "contact":
      return [...external, { by: "email", consistency: "strong" }];
    case "company":
      return [...external, index("domain"), index("name")];
    case "deal":
      return [...external, index("name")];
    case "activity":
      return external;
  }
}

/** What finding stands on. */
export interface FindParts {
  readonly calls: ObjectCalls;
  readonly externalIdProperty: { readonly [Kind in CrmKind]?: string };
}

/** HubSpot's properties behind the keys of an index. */
const INDEXED: Readonly<Record<CrmKind, Readonly<Record<string, string>>>> = {
  contact: {},
  company: { domain: "domain", name: "name" },
  deal: { name: "dealname" },
  activity: {},
};

/** The keys in the order in which they're tried: the strong ones first. */
const KEYS = ["externalId", "email", "domain", "name"] as const;

/** Records that match by all the keys that are asked for. */
export async function findRecords<Kind extends CrmKind>(
  parts: FindParts,
  what: CrmLookup<Kind>,
  call?: CrmCallOptions,
): Promise<CrmFound<Kind>> {
  const { kind } = what;
  const external = parts.externalIdProperty[kind];
  const support = lookupSupport(kind, external);
  const asked = Object.entries(what).filter(([by, value]) => by !== "kind" && value !== undefined);
  if (asked.length === 0)
    throw new TypeError("lookup takes at least one of email, domain, name and externalId");
  const unknown = asked.find(([by]) => !support.some((key) => key.by === by));
  if (unknown !== undefined) throw unsupportedError(`lookup by ${unknown[0]}`, kind);
  const key = KEYS.find((by) => what[by] !== undefined);
  const value = key && what[key];
  if (key === undefined || value === undefined) throw new TypeError("lookup takes texts");
  const certain = support.some(({ by, consistency }) => by === key && consistency === "strong");
  if (value.trim() === "") return { records: [], certain };
  const found = certain
    ? await byUniqueKey(parts, kind, key === "email" ? "email" : (external ?? ""), value.trim(), call)
    : await bySearch(parts, kind, INDEXED[kind][key] ?? key, value.trim(), call);
  return { records: found.filter((record) => fits(record, what)).sort(byAge), certain };
}

async function byUniqueKey<Kind extends CrmKind>(
  { calls }: FindParts,
  kind: Kind,
  property: string,
  value: string,
  call?: CrmCallOptions,
): Promise<readonly CrmRecord<Kind>[]> {
  const objects: HubspotObject[] = [];
  for (const type of TYPES_OF_KIND[kind]) {
    const object = await calls.get(type, value, call, property);
    if (object !== undefined) objects.push(object);
  }
  return recordsOf(calls, kind, objects, call);
}

/** By the index, and then as they stand: old values match for a while, and so do records that are gone. */
async function bySearch<Kind extends CrmKind>(
  { calls }: FindParts,
  kind: Kind,
  property: string,
  value: string,
  call?: CrmCallOptions,
): Promise<readonly CrmRecord<Kind>[]> {
  const ids: string[] = [];
  for (const type of TYPES_OF_KIND[kind]) {
    const filter: SearchFilter = { propertyName: property, operator: "EQ", value };
    ids.push(...(await matchingIds(calls, kind, type, filter, call)));
  }
  const records = await readRecords(calls, kind, ids, call);
  return [...new Map(records.flatMap((record) => (record ? [[record.id, record]] : []))).values()];
}

async function matchingIds(
  calls: ObjectCalls,
  kind: CrmKind,
  type: ObjectType,
  filter: SearchFilter,
  call?: CrmCallOptions,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let lastId = "0"; ; ) {
    const page = await calls.search(type, [filter], lastId, call);
    ids.push(...page.objects.map(({ id }) => toRecordId(type, id)));
    const last = page.objects.at(-1)?.id;
    if (last === undefined || (page.objects.length < SEARCH_LIMIT && page.next === undefined)) return ids;
    if (ids.length > MOST_MATCHES) throw incompleteError(kind, `more than ${MOST_MATCHES} records match`);
    lastId = last;
  }
}

/** Exactly, whatever the case: HubSpot's own match is more generous. */
function fits<Kind extends CrmKind>(record: CrmRecord<Kind>, what: CrmLookup<Kind>): boolean {
  const fields: Readonly<Record<string, unknown>> = { ...record.fields };
  const others = Array.isArray(fields["otherEmails"]) ? fields["otherEmails"] : [];
  const isSame = (text: unknown, wanted: string | undefined) =>
    wanted === undefined || (typeof text === "string" && text.toLowerCase() === wanted.trim().toLowerCase());
  const isMail = isSame(fields["email"], what.email) || others.some((text) => isSame(text, what.email));
  return isMail && isSame(fields["domain"], what.domain) && isSame(fields["name"], what.name);
}

const byAge = (a: CrmRecord, b: CrmRecord) =>
  Date.parse(a.createdAt ?? "") - Date.parse(b.createdAt ?? "") || 0;
