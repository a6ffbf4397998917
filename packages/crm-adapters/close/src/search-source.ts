import { type CrmCallOptions, type CrmKind, SalesAgentError } from "@salesagent/ports";
import type { CloseApi, ClosePage } from "./close-api.js";
import { crmError } from "./close-errors.js";
import { isAfter, isSameInstant, laterBy, stampOf } from "./close-stamp.js";
import { type JsonRecord, textOf } from "./json-record.js";
import { type SourcePage, type StampField, type StampSource, walkByStamp } from "./stamp-walk.js";

/** What a search is for. */
export interface SearchTarget {
  readonly type: "contact" | "lead";
  readonly kind: CrmKind;
  readonly fields: readonly string[];
  readonly pageSize: number;
  /** The longest that search is expected to be behind, in milliseconds. */
  readonly indexLagMs: number;
}

/** How many objects one search gives, whatever its cursor says. */
const WALK_LIMIT = 10_000;
/** The plain lists give larger pages than they do by default. */
const LIST_PAGE = 100;

/** A stamp that all records of a search share. */
interface Bound {
  readonly field: StampField;
  readonly stamp: string;
}

/** A condition on a stamp: at or after one, and before another. */
function rangeNode(
  target: SearchTarget,
  field: StampField,
  from: string | undefined,
  before?: string,
): JsonRecord {
  return {
    type: "field_condition",
    field: { type: "regular_field", object_type: target.type, field_name: field },
    condition: {
      type: "moment_range",
      ...(from === undefined ? {} : { on_or_after: { type: "fixed_utc", value: from } }),
      before: before === undefined ? { type: "now" } : { type: "fixed_utc", value: before },
    },
  };
}

/** Contacts or leads by a stamp, from the search index. */
export function searchSource(
  api: CloseApi,
  target: SearchTarget,
  field: StampField,
  call: CrmCallOptions | undefined,
  bound?: Bound,
): StampSource {
  const query = (from: string | undefined) => ({
    type: "and",
    queries: [
      { type: "object_type", object_type: target.type },
      ...(from === undefined ? [] : [rangeNode(target, field, from)]),
      ...(bound === undefined ? [] : [rangeNode(target, bound.field, bound.stamp, laterBy(bound.stamp, 1))]),
    ],
  });
  const page = (from: string | undefined, cursor: string | null) =>
    api.search(
      {
        query: query(from),
        _fields: { [target.type]: target.fields },
        _limit: target.pageSize,
        cursor,
        sort: [
          {
            direction: "asc",
            field: { type: "regular_field", object_type: target.type, field_name: field },
          },
        ],
      },
      call,
    );
  return {
    field,
    walkLimit: WALK_LIMIT,
    first: async (from) => sourcePage(await page(from, null)),
    more: async (from, next) => unlessDead(() => page(from, next)),
    crowded: (stamp) =>
      bound === undefined
        ? byOtherStamp(api, target, { field, stamp }, call)
        : byList(api, target, [bound, { field, stamp }], call),
  };
}

function sourcePage({ rows, cursor, serverMs }: ClosePage): SourcePage {
  return { rows, next: cursor, serverMs };
}

/** A cursor lives 30 seconds: one that is dead is refused, and the query begins anew. */
async function unlessDead(ask: () => Promise<ClosePage>): Promise<SourcePage | undefined> {
  try {
    return sourcePage(await ask());
  } catch (error) {
    if (SalesAgentError.is(error, "service.refused") && error.facts.status === 400) return undefined;
    throw error;
  }
}

/** Records that share one stamp, by the other: after a bulk edit they were made at different times. */
async function* byOtherStamp(
  api: CloseApi,
  target: SearchTarget,
  bound: Bound,
  call: CrmCallOptions | undefined,
): AsyncGenerator<readonly JsonRecord[]> {
  const other = bound.field === "date_updated" ? "date_created" : "date_updated";
  for await (const { rows } of walkByStamp(searchSource(api, target, other, call, bound), undefined))
    yield rows;
}

/**
 * Records that share both stamps, from the plain list, as far as it reaches. A list by offsets may leave some out while others
 * change, so what search counts has to be found; one that was edited since search looked is among them with its new stamp.
 *
 * @throws SalesAgentError `crm.walk_incomplete`.
 */
async function* byList(
  api: CloseApi,
  target: SearchTarget,
  bounds: readonly Bound[],
  call: CrmCallOptions | undefined,
): AsyncGenerator<readonly JsonRecord[]> {
  const { total: expected, serverMs } = await countOf(api, target, bounds, call);
  const editedAfter = stampOf((serverMs - target.indexLagMs) * 1000);
  const found = new Set<string>();
  for (let skip = 0, hasMore = true; hasMore; skip += LIST_PAGE) {
    const page = await listPage(api, target, skip, call);
    const rows = page.rows.filter((row) => bounds.every((bound) => isWithin(row, bound, editedAfter)));
    for (const row of rows) found.add(String(row["id"]));
    if (rows.length > 0) yield rows;
    hasMore = page.hasMore;
  }
  if (found.size < expected) {
    throw incomplete(target.kind, `${expected} share one stamp, and the list gave ${found.size} of them`);
  }
}

function isWithin(row: JsonRecord, { field, stamp }: Bound, editedAfter: string): boolean {
  const at = textOf(row[field]) ?? "";
  return isSameInstant(at, stamp) || (field === "date_updated" && isAfter(at, editedAfter));
}

async function countOf(
  api: CloseApi,
  target: SearchTarget,
  bounds: readonly Bound[],
  call: CrmCallOptions | undefined,
): Promise<{ readonly total: number; readonly serverMs: number }> {
  const ranges = bounds.map(({ field, stamp }) => rangeNode(target, field, stamp, laterBy(stamp, 1)));
  const query = { type: "and", queries: [{ type: "object_type", object_type: target.type }, ...ranges] };
  const { total, serverMs } = await api.search({ query, results_limit: 0, include_counts: true }, call);
  if (total === undefined) throw incomplete(target.kind, "more share one stamp than search gives or counts");
  return { total, serverMs };
}

async function listPage(api: CloseApi, target: SearchTarget, skip: number, call: CrmCallOptions | undefined) {
  try {
    const query = { _limit: LIST_PAGE, _skip: skip, _fields: target.fields.join(",") };
    return await api.list(`/${target.type}/`, query, call);
  } catch (error) {
    if (!SalesAgentError.is(error, "service.refused") || error.facts.status !== 400) throw error;
    throw incomplete(
      target.kind,
      `more than ${WALK_LIMIT} share one stamp, and the list ends at ${skip}`,
      error,
    );
  }
}

const EXPORT = "Export them once in Close, and go on from then.";

/** A walk that can't be had whole. */
export function incomplete(kind: CrmKind, reason: string, cause?: unknown, advice = EXPORT) {
  return crmError("crm.walk_incomplete", {
    kind,
    message: `Close does not tell all ${kind} records: ${reason}. ${advice}`,
    facts: { reason },
    cause,
  });
}
