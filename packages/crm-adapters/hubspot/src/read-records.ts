import type { CrmCallOptions, CrmKind, CrmRecord } from "@salesagent/ports";
import { BATCH_LIMIT, type ObjectCalls, ranked } from "./object-calls.js";
import { addressOf, LINKED_TYPE, OBJECT_TYPES, type ObjectAddress, type ObjectType } from "./object-types.js";
import { fieldsOf, listOf, textOf } from "./read-json.js";
import { type HubspotObject, type LinkIds, mergedIdsOf, toRecord } from "./to-record.js";

/** Makes records of objects. Links that an object does not carry itself are read, a hundred objects at once. */
export async function recordsOf<Kind extends CrmKind>(
  calls: ObjectCalls,
  kind: Kind,
  objects: readonly HubspotObject[],
  call?: CrmCallOptions,
): Promise<readonly CrmRecord<Kind>[]> {
  const links = new Map<HubspotObject, LinkIds>();
  for (const [type, group] of byType(objects)) {
    for (const chunk of chunks(group, BATCH_LIMIT)) {
      for (const [object, ids] of await linksOf(calls, type, chunk, call)) links.set(object, ids);
    }
  }
  return objects.map((object) => toRecord(kind, object, calls.map, links.get(object) ?? {}));
}

/** Makes records of a page of a list, whose objects carry their links. */
export async function listedRecords<Kind extends CrmKind>(
  calls: ObjectCalls,
  kind: Kind,
  objects: readonly HubspotObject[],
  call?: CrmCallOptions,
): Promise<readonly CrmRecord<Kind>[]> {
  const whole = objects.every((object) => embeddedLinks(object) !== undefined);
  if (!whole) return recordsOf(calls, kind, objects, call);
  return objects.map((object) => toRecord(kind, object, calls.map, embeddedLinks(object) ?? {}));
}

async function linksOf(
  calls: ObjectCalls,
  type: ObjectType,
  objects: readonly HubspotObject[],
  call?: CrmCallOptions,
): Promise<readonly (readonly [HubspotObject, LinkIds])[]> {
  const ids = objects.map(({ id }) => id);
  const kinds = Object.keys(OBJECT_TYPES[type].links) as CrmKind[];
  const found = new Map<CrmKind, ReadonlyMap<string, readonly string[]>>();
  for (const kind of kinds) found.set(kind, await calls.associations(type, ids, LINKED_TYPE[kind], call));
  return objects.map((object) => {
    const links = kinds.flatMap((kind) => {
      const ends = found.get(kind)?.get(object.id) ?? [];
      return ends.length === 0 ? [] : [[kind, ends] as const];
    });
    return [object, Object.fromEntries(links)] as const;
  });
}

/** The links that an object carries; undefined where it does not tell them all. */
function embeddedLinks({ type, raw }: HubspotObject): LinkIds | undefined {
  const kinds = Object.keys(OBJECT_TYPES[type].links) as CrmKind[];
  const told = fieldsOf(raw, "associations");
  const links: Partial<Record<CrmKind, readonly string[]>> = {};
  for (const kind of kinds) {
    const ties = fieldsOf(told, LINKED_TYPE[kind]);
    if (ties["paging"] !== undefined && ties["paging"] !== null) return undefined;
    const ends = listOf(ties, "results").flatMap((end) => {
      const id = textOf(end["id"]);
      const rank = textOf(end["type"])?.endsWith("_unlabeled") ? 1 : 0;
      return id === undefined ? [] : [{ id, rank }];
    });
    if (ends.length > 0) links[kind] = ranked(ends);
  }
  return links;
}

/** One record as it stands; under its new id where it was merged. */
export async function readRecord<Kind extends CrmKind>(
  calls: ObjectCalls,
  kind: Kind,
  recordId: string,
  call?: CrmCallOptions,
): Promise<CrmRecord<Kind> | undefined> {
  const address = addressOf(kind, recordId);
  if (address === undefined) return undefined;
  const object = await calls.get(address.type, address.id, call);
  if (object === undefined) return undefined;
  const [record] = await listedRecords(calls, kind, [object], call);
  if (record === undefined || record.id === recordId) return record;
  // Asked for by an id that was merged away, which the record's own lists may miss.
  return { ...record, mergedIds: [...new Set([...(record.mergedIds ?? []), recordId])] };
}

/** Records in the order asked for; nothing in the place of one that is gone. */
export async function readRecords<Kind extends CrmKind>(
  calls: ObjectCalls,
  kind: Kind,
  recordIds: readonly string[],
  call?: CrmCallOptions,
): Promise<readonly (CrmRecord<Kind> | undefined)[]> {
  const addresses = recordIds.map((id) => addressOf(kind, id));
  const known = addresses.filter((address) => address !== undefined);
  const objects = await readObjects(calls, known, call);
  const distinct = [...new Set(objects.values())];
  const records = await recordsOf(calls, kind, distinct, call);
  const recordOf = new Map(distinct.map((object, at) => [object, records[at]]));
  return addresses.map((address) => {
    const object = address && objects.get(keyOf(address));
    return object && recordOf.get(object);
  });
}

/** The objects of addresses, by these. */
async function readObjects(
  calls: ObjectCalls,
  addresses: readonly ObjectAddress[],
  call?: CrmCallOptions,
): Promise<ReadonlyMap<string, HubspotObject>> {
  const found = new Map<string, HubspotObject>();
  for (const [type, group] of byType(addresses)) {
    const ids = [...new Set(group.map(({ id }) => id))];
    for (const chunk of chunks(ids, BATCH_LIMIT)) await readChunk(calls, type, chunk, found, call);
  }
  return found;
}

/**
 * An answer has each object once, under the id that it has now. An id that was merged away is found in the lists of what it went
 * into, or, as these miss some, asked for by itself.
 */
async function readChunk(
  calls: ObjectCalls,
  type: ObjectType,
  ids: readonly string[],
  found: Map<string, HubspotObject>,
  call?: CrmCallOptions,
): Promise<void> {
  const { objects, missing } = await calls.batchRead(type, ids, call);
  const byId = new Map(objects.map((object) => [object.id, object]));
  const byMergedId = new Map(
    objects.flatMap((object) => mergedIdsOf(object.properties, object.id).map((id) => [id, object] as const)),
  );
  for (const id of ids) {
    if (missing.has(id)) continue;
    const known = byId.get(id) ?? byMergedId.get(id);
    const object = known ?? (await calls.get(type, id, call));
    if (object !== undefined) found.set(keyOf({ type, id }), byId.get(object.id) ?? object);
  }
}

const keyOf = ({ type, id }: ObjectAddress) => `${type}/${id}`;

function byType<T extends { readonly type: ObjectType }>(
  items: readonly T[],
): ReadonlyMap<ObjectType, readonly T[]> {
  const groups = new Map<ObjectType, T[]>();
  for (const item of items) {
    const group = groups.get(item.type);
    if (group === undefined) groups.set(item.type, [item]);
    else group.push(item);
  }
  return groups;
}

/** A list in pieces of a size. */
export function chunks<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const pieces: (readonly T[])[] = [];
  for (let at = 0; at < items.length; at += size) pieces.push(items.slice(at, at + size));
  return pieces;
}
