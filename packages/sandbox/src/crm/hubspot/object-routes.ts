import { isRecord, jsonAnswer, type Route, type RouteCall } from "../shared/index.js";
import type { HubspotWorld } from "./hubspot-world.js";
import {
  associationTypeId,
  factsOf,
  type HubspotType,
  type HubspotTypeFacts,
  primaryTypeId,
  typeNamed,
} from "./object-types.js";
import { bodyOf, innerObject, listParam, typeOf } from "./read-call.js";
import { badRequest, notFound } from "./refusal.js";
import { searchObjects } from "./search-objects.js";
import { objectBody, type StoredObject } from "./stored-object.js";
import type { WriteLog } from "./write-log.js";

/** Where the calls of objects live, by version. */
export const OBJECT_PREFIXES = ["/crm/v3/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"];

/** The calls of single records, lists and searches, under one prefix. */
export function objectRoutes(prefix: string, world: HubspotWorld, log: WriteLog): Route[] {
  const route = (method: string, path: string, answer: Route["answer"], group = "general"): Route => ({
    ...{ method, path: `${prefix}/:type${path}`, answer, group },
  });
  return [
    route("GET", "", (call) => listObjects(world, call)),
    route("POST", "", (call) => createObject(world, log, call)),
    route("GET", "/:id", (call) => readObject(world, call)),
    route("PATCH", "/:id", (call) => changeObject(world, log, call)),
    route("DELETE", "/:id", (call) => archiveObject(world, log, call)),
    route("POST", "/search", (call) => search(world, call), "search"),
    route("POST", "/merge", (call) => mergeObjects(world, call)),
    route("POST", "/gdpr-delete", (call) => eraseObject(world, call)),
  ];
}

async function search(world: HubspotWorld, call: RouteCall): Promise<Response> {
  return jsonAnswer(searchObjects(world, typeOf(call), await bodyOf(call)));
}

function listObjects(world: HubspotWorld, call: RouteCall): Response {
  const facts = typeOf(call);
  const limit = Number(call.url.searchParams.get("limit") ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100)
    throw badRequest("limit must be between 1 and 100");
  const after = Number(call.url.searchParams.get("after") ?? 0);
  const archived = call.url.searchParams.get("archived") === "true";
  const page: StoredObject[] = [];
  const table = world.table(facts.type);
  const candidates = archived ? sorted(table.archived, after) : table.after(after - 1);
  for (const object of candidates) {
    if ((object.archivedMs !== undefined) !== archived) continue;
    page.push(object);
    if (page.length > limit) break;
  }
  const next = page.length > limit ? page.pop() : undefined;
  return jsonAnswer({
    results: page.map((object) => bodyWithAssociations(world, facts, object, call.url)),
    ...(next === undefined
      ? {}
      : { paging: { next: { after: String(next.id), link: `${call.url.pathname}?after=${next.id}` } } }),
  });
}

const sorted = (objects: Iterable<StoredObject>, fromId: number) =>
  [...objects].filter(({ id }) => id >= fromId).sort((a, b) => a.id - b.id);

function bodyWithAssociations(
  world: HubspotWorld,
  facts: HubspotTypeFacts,
  object: StoredObject,
  url: URL,
): Record<string, unknown> {
  const body = objectBody(facts, object, listParam(url, "properties"), world.propertiesOf(facts.type));
  const ties = listParam(url, "associations").flatMap((name) => {
    const to = typeNamed(name);
    if (to === undefined) throw badRequest(`${name} is no object type`);
    const results = world.associations
      .of(facts.type, object.id, to.type)
      .flatMap(({ toId, typeIds }) =>
        typeIds.map((typeId) => ({ id: String(toId), type: tieName(facts, to, typeId) })),
      );
    return results.length === 0 ? [] : [[to.type, { results }] as const];
  });
  return ties.length === 0 ? body : { ...body, associations: Object.fromEntries(ties) };
}

/** The primary association has the plain name; the other one is the unlabeled. */
const tieName = (from: HubspotTypeFacts, to: HubspotTypeFacts, typeId: number) =>
  `${from.singular}_to_${to.singular}${typeId > 10 && to.type === "companies" && !from.activity ? "_unlabeled" : ""}`;

async function createObject(world: HubspotWorld, log: WriteLog, call: RouteCall): Promise<Response> {
  const facts = typeOf(call);
  const body = await bodyOf(call);
  const properties = innerObject(body, "properties");
  log.add("create", facts.type, Object.keys(properties));
  return jsonAnswer(createOne(world, facts, body), 201);
}

/** Makes a record and its associations, or nothing at all. */
export function createOne(
  world: HubspotWorld,
  facts: HubspotTypeFacts,
  body: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const properties = innerObject(body, "properties");
  const ends = listOf(body["associations"]).map((item) => associationEnd(world, facts.type, item));
  const object = world.create(facts.type, properties, "INTEGRATION");
  for (const end of ends) world.associate(object, end, "INTEGRATION");
  return writtenBody(world, object, properties, body["objectWriteTraceId"]);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function associationEnd(world: HubspotWorld, from: HubspotType, item: unknown): StoredObject {
  const to = isRecord(item) && isRecord(item["to"]) ? String(item["to"]["id"]) : undefined;
  const types = isRecord(item) ? listOf(item["types"]) : [];
  const typeIds = types.map((type) => (isRecord(type) ? Number(type["associationTypeId"]) : 0));
  const toType = toTypeOf(from, typeIds[0] ?? 0);
  if (to === undefined || toType === undefined) throw badRequest("an association needs to.id and types");
  return world.standing(toType, to);
}

const TIED_TYPES: readonly HubspotType[] = ["contacts", "companies", "deals"];

function toTypeOf(from: HubspotType, typeId: number): HubspotType | undefined {
  return TIED_TYPES.find((to) => [associationTypeId(from, to), primaryTypeId(from, to)].includes(typeId));
}

/** The answer to a write: what was sent, what HubSpot works out, and nothing else. */
export function writtenBody(
  world: HubspotWorld,
  object: StoredObject,
  sent: Readonly<Record<string, unknown>>,
  traceId?: unknown,
): Record<string, unknown> {
  const facts = factsOf(object.type);
  const body = objectBody(
    facts,
    object,
    ["hs_object_id", ...Object.keys(sent)],
    world.propertiesOf(object.type),
  );
  return traceId === undefined ? body : { ...body, objectWriteTraceId: traceId };
}

/** The record that a path names, by its id or by another unique property; an old id of a merged one leads to it. */
function addressed(world: HubspotWorld, facts: HubspotTypeFacts, call: RouteCall): StoredObject {
  const id = call.params["id"] ?? "";
  const idProperty = call.url.searchParams.get("idProperty");
  if (idProperty === null && !/^\d+$/.test(id)) throw badRequest(`${id} is not a valid id`);
  const found =
    idProperty === null ? world.find(facts.type, Number(id)) : world.findBy(facts.type, idProperty, id);
  const archived = call.url.searchParams.get("archived") === "true";
  if (found === undefined || (found.archivedMs !== undefined) !== archived) throw notFound(facts.type, id);
  return found;
}

function readObject(world: HubspotWorld, call: RouteCall): Response {
  const facts = typeOf(call);
  return jsonAnswer(bodyWithAssociations(world, facts, addressed(world, facts, call), call.url));
}

async function changeObject(world: HubspotWorld, log: WriteLog, call: RouteCall): Promise<Response> {
  const facts = typeOf(call);
  const properties = innerObject(await bodyOf(call), "properties");
  log.add("update", facts.type, Object.keys(properties));
  const object = addressed(world, facts, call);
  // Only reading is known to follow a merge.
  if (call.url.searchParams.get("idProperty") === null && String(object.id) !== call.params["id"]) {
    throw notFound(facts.type, call.params["id"] ?? "");
  }
  world.edit(object, properties, "INTEGRATION");
  return jsonAnswer(writtenBody(world, object, properties));
}

function archiveObject(world: HubspotWorld, log: WriteLog, call: RouteCall): Response {
  const facts = typeOf(call);
  log.add("remove", facts.type, []);
  const found = world.find(facts.type, Number(call.params["id"]));
  if (found !== undefined) world.archive(found, "INTEGRATION");
  return new Response(null, { status: 204 });
}

async function mergeObjects(world: HubspotWorld, call: RouteCall): Promise<Response> {
  const facts = typeOf(call);
  const { primaryObjectId, objectIdToMerge } = await bodyOf(call);
  const primary = world.standing(facts.type, String(primaryObjectId));
  const other = world.standing(facts.type, String(objectIdToMerge));
  return jsonAnswer(writtenBody(world, world.merge(primary, other, "INTEGRATION"), {}));
}

async function eraseObject(world: HubspotWorld, call: RouteCall): Promise<Response> {
  const facts = typeOf(call);
  const { objectId, idProperty } = await bodyOf(call);
  const text = String(objectId);
  const found =
    typeof idProperty === "string"
      ? world.findBy(facts.type, idProperty, text)
      : world.find(facts.type, Number(text));
  if (found === undefined && idProperty !== "email") throw notFound(facts.type, text);
  world.erase(facts.type, found, idProperty === "email" ? text : undefined);
  return new Response(null, { status: 204 });
}

/** The properties of a type. */
export function propertyRoutes(world: HubspotWorld): Route[] {
  return ["/crm/v3/properties", "/crm/properties/2026-03", "/crm/properties/2026-09"].map((prefix) => ({
    method: "GET",
    path: `${prefix}/:type`,
    group: "general",
    answer: (call) => {
      const results = [...world.propertiesOf(typeOf(call).type).values()].map(
        ({ readOnly = false, options = [], hasUniqueValue = false, hidden = false, ...rest }) => ({
          ...rest,
          options: options.map((value, displayOrder) => ({
            label: value,
            value,
            displayOrder,
            hidden: false,
          })),
          hasUniqueValue,
          hidden,
          calculated: false,
          archived: false,
          modificationMetadata: { readOnlyValue: readOnly, readOnlyDefinition: true, archivable: false },
        }),
      );
      return jsonAnswer({ results });
    },
  }));
}
