import { isRecord } from "../shared/index.js";
import { instantOf } from "./check-values.js";
import type { HubspotWorld } from "./hubspot-world.js";
import type { HubspotTypeFacts } from "./object-types.js";
import { badRequest } from "./refusal.js";
import { type IndexedState, objectBody, propertyText, type StoredObject } from "./stored-object.js";

const CEILING = 10_000;
const MAX_LIMIT = 200;

interface Filter {
  readonly propertyName: string;
  readonly operator: string;
  readonly value?: string;
  readonly highValue?: string;
  readonly values: readonly string[];
}

interface SearchRequest {
  readonly groups: readonly (readonly Filter[])[];
  readonly sort: { readonly propertyName: string; readonly descending: boolean } | undefined;
  readonly properties: readonly string[];
  readonly limit: number;
  readonly after: number;
}

/**
 * Answers a search by what the index knows: matches are as old as the index, what is shown of them as new as the record, and a
 * record that is gone is counted and not shown.
 */
export function searchObjects(
  world: HubspotWorld,
  facts: HubspotTypeFacts,
  body: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { groups, sort, properties, limit, after } = readRequest(body);
  const known = world.propertiesOf(facts.type);
  for (const { propertyName } of groups.flat()) {
    if (!known.has(propertyName)) throw badRequest(`There is no property with the name ${propertyName}`);
  }
  const matches: { readonly object: StoredObject; readonly state: IndexedState }[] = [];
  for (const object of world.table(facts.type).after(-1)) {
    const state = object.indexed;
    if (state === undefined) continue;
    const fits = (filter: Filter) =>
      matchesFilter(
        filter,
        propertyText(facts, object, state, filter.propertyName),
        known.get(filter.propertyName)?.type,
      );
    if (groups.length === 0 || groups.some((group) => group.every(fits))) matches.push({ object, state });
  }
  if (sort !== undefined && !(sort.propertyName === "hs_object_id" && !sort.descending)) {
    const key = ({ object, state }: (typeof matches)[number]) =>
      sortKey(propertyText(facts, object, state, sort.propertyName), known.get(sort.propertyName)?.type);
    const sign = sort.descending ? -1 : 1;
    matches.sort((a, b) => sign * compare(key(a), key(b)) || a.object.id - b.object.id);
  }
  const page = matches.slice(after, after + limit);
  const next = after + limit;
  return {
    total: matches.length,
    results: page
      .filter(({ object }) => object.archivedMs === undefined && object.mergedInto === undefined)
      .map(({ object }) => objectBody(facts, object, properties, known)),
    ...(next < matches.length ? { paging: { next: { after: String(next) } } } : {}),
  };
}

function readRequest(body: Readonly<Record<string, unknown>>): SearchRequest {
  for (const name of ["filterGroups", "sorts", "properties", "limit", "after"]) {
    if (body[name] === undefined) throw badRequest(`${name} is required`);
  }
  const groups = listOf(body["filterGroups"]).map((group) =>
    listOf(isRecord(group) ? group["filters"] : undefined).map(readFilter),
  );
  if (groups.length > 5 || groups.some((group) => group.length > 6) || groups.flat().length > 18) {
    throw badRequest("A search takes 5 groups of 6 filters, and 18 filters in all");
  }
  const sorts = listOf(body["sorts"]);
  if (sorts.length > 1) throw badRequest("A search takes one sort");
  const limit = Number(body["limit"]);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw badRequest(`limit must be between 1 and ${MAX_LIMIT}`);
  }
  const after = Number(body["after"]);
  if (!Number.isInteger(after) || after < 0) throw badRequest("after must be an offset");
  if (after + limit > CEILING) throw badRequest(`Paging beyond ${CEILING} results is not supported`);
  const [sort] = sorts;
  return {
    groups,
    sort: isRecord(sort)
      ? { propertyName: String(sort["propertyName"]), descending: sort["direction"] === "DESCENDING" }
      : undefined,
    properties: listOf(body["properties"]).map(String),
    limit,
    after,
  };
}

function readFilter(filter: unknown): Filter {
  if (!isRecord(filter)) throw badRequest("A filter is an object");
  const { propertyName, operator, value, highValue, values } = filter;
  if (typeof propertyName !== "string" || typeof operator !== "string") {
    throw badRequest("A filter needs propertyName and operator");
  }
  return {
    propertyName,
    operator,
    values: Array.isArray(values) ? values.map(String) : [],
    ...(value === undefined ? {} : { value: String(value) }),
    ...(highValue === undefined ? {} : { highValue: String(highValue) }),
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function matchesFilter(filter: Filter, text: string | undefined, type: string | undefined): boolean {
  const { operator, value = "", highValue = "", values } = filter;
  if (operator === "HAS_PROPERTY") return text !== undefined;
  if (operator === "NOT_HAS_PROPERTY") return text === undefined;
  if (text === undefined)
    return operator === "NEQ" || operator === "NOT_IN" || operator === "NOT_CONTAINS_TOKEN";
  const order = (other: string) => compare(sortKey(text, type), sortKey(other, type));
  switch (operator) {
    case "EQ":
      return order(value) === 0;
    case "NEQ":
      return order(value) !== 0;
    case "LT":
      return order(value) < 0;
    case "LTE":
      return order(value) <= 0;
    case "GT":
      return order(value) > 0;
    case "GTE":
      return order(value) >= 0;
    case "BETWEEN":
      return order(value) >= 0 && order(highValue) <= 0;
    case "IN":
      return values.some((item) => order(item) === 0);
    case "NOT_IN":
      return !values.some((item) => order(item) === 0);
    case "CONTAINS_TOKEN":
      return tokens(text).includes(value.toLowerCase());
    case "NOT_CONTAINS_TOKEN":
      return !tokens(text).includes(value.toLowerCase());
    default:
      throw badRequest(`There is no operator ${operator}`);
  }
}

const tokens = (text: string) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u);

/** Numbers and instants go by their size, texts by their letters, whatever their case. */
function sortKey(text: string | undefined, type: string | undefined): number | string {
  if (text === undefined) return "";
  if (type === "number") return Number(text);
  if (type === "datetime" || type === "date") return instantOf(text);
  return text.toLowerCase();
}

const compare = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0);
