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
  const typeOf = (name: string): string | undefined => known.get(name)?.type;
  for (const { propertyName } of groups.flat()) {
    if (!known.has(propertyName)) throw badRequest(`There is no property with the name ${propertyName}`);
  }
  const compiled = groups.map((group) => group.map((filter) => compile(filter, typeOf(filter.propertyName))));
  const matches: Match[] = [];
  for (const object of world.table(facts.type).after(lowestId(groups))) {
    const state = object.indexed;
    if (state === undefined) continue;
    const match = { object, state };
    const fits = ({ name, test }: CompiledFilter) => test(keyOf(facts, match, name, typeOf(name)));
    if (compiled.length === 0 || compiled.some((group) => group.every(fits))) matches.push(match);
  }
  sortMatches(matches, facts, sort, typeOf);
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

interface Match {
  readonly object: StoredObject;
  readonly state: IndexedState;
}

type Key = number | string | undefined;

/** A filter whose own values are read once. */
interface CompiledFilter {
  readonly name: string;
  test(key: Key): boolean;
}

/** Records come by their ids: a search that goes by them need not look at those before. */
function lowestId(groups: readonly (readonly Filter[])[]): number {
  const bounds = groups.map((group) => {
    const bound = group.find(
      ({ propertyName, operator }) => propertyName === "hs_object_id" && operator === "GT",
    );
    return Number(bound?.value ?? -1);
  });
  return bounds.length === 0 ? -1 : Math.min(...bounds);
}

/** Numbers and instants go by their size, texts by their letters, whatever their case. */
function keyOf(
  facts: HubspotTypeFacts,
  { object, state }: Match,
  name: string,
  type: string | undefined,
): Key {
  if (name === facts.stamp) return state.modifiedMs;
  if (name === "hs_object_id") return object.id;
  return textKey(propertyText(facts, object, state, name), type);
}

function textKey(text: string | undefined, type: string | undefined): Key {
  if (text === undefined) return undefined;
  if (type === "number") return Number(text);
  return type === "datetime" || type === "date" ? instantOf(text) : text.toLowerCase();
}

function compile(
  { propertyName: name, operator, value, highValue, values }: Filter,
  type: string | undefined,
): CompiledFilter {
  const low = textKey(value ?? "", type) ?? "";
  const high = textKey(highValue ?? "", type) ?? "";
  const items = values.map((item) => textKey(item, type));
  const word = (value ?? "").toLowerCase();
  const tests: Readonly<Record<string, (key: Exclude<Key, undefined>) => boolean>> = {
    EQ: (key) => key === low,
    NEQ: (key) => key !== low,
    LT: (key) => key < low,
    LTE: (key) => key <= low,
    GT: (key) => key > low,
    GTE: (key) => key >= low,
    BETWEEN: (key) => key >= low && key <= high,
    IN: (key) => items.includes(key),
    NOT_IN: (key) => !items.includes(key),
    HAS_PROPERTY: () => true,
    NOT_HAS_PROPERTY: () => false,
    CONTAINS_TOKEN: (key) => tokens(String(key)).includes(word),
    NOT_CONTAINS_TOKEN: (key) => !tokens(String(key)).includes(word),
  };
  const test = tests[operator];
  if (test === undefined) throw badRequest(`There is no operator ${operator}`);
  const withoutValue = ["NEQ", "NOT_IN", "NOT_HAS_PROPERTY", "NOT_CONTAINS_TOKEN"].includes(operator);
  return { name, test: (key) => (key === undefined ? withoutValue : test(key)) };
}

const tokens = (text: string) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u);

function sortMatches(
  matches: Match[],
  facts: HubspotTypeFacts,
  sort: SearchRequest["sort"],
  typeOf: (name: string) => string | undefined,
): void {
  // They are in the order of their ids already.
  if (sort === undefined || (sort.propertyName === "hs_object_id" && !sort.descending)) return;
  const { propertyName, descending } = sort;
  const key = (match: Match) => keyOf(facts, match, propertyName, typeOf(propertyName)) ?? "";
  const sign = descending ? -1 : 1;
  matches.sort((a, b) => sign * compare(key(a), key(b)) || a.object.id - b.object.id);
}

const compare = (a: number | string, b: number | string) => (a < b ? -1 : a > b ? 1 : 0);
