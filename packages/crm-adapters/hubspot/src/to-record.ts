import type { CrmFields, CrmKind, CrmRecord } from "@salesagent/ports";
import type { FieldMap } from "./field-map.js";
import { OBJECT_TYPES, type ObjectType, toRecordId } from "./object-types.js";
import type { PropertyTexts } from "./property-values.js";
import { type Fields, fieldsOf, textOf } from "./read-json.js";

/** An object as HubSpot gives it, read as far as it is the same for all types. */
export interface HubspotObject {
  readonly type: ObjectType;
  readonly id: string;
  readonly properties: PropertyTexts;
  readonly raw: Fields;
}

/** Reads an object; undefined for what is none. */
export function toObject(type: ObjectType, raw: Fields): HubspotObject | undefined {
  const id = textOf(raw["id"]);
  if (id === undefined) return undefined;
  const properties = Object.fromEntries(
    Object.entries(fieldsOf(raw, "properties")).map(([name, value]) => [name, textOf(value) ?? null]),
  );
  return { type, id, properties, raw };
}

/** The ids that a record's links lead to. */
export type LinkIds = CrmRecord["links"];

/** A record of ours. */
export function toRecord<Kind extends CrmKind>(
  kind: Kind,
  object: HubspotObject,
  map: FieldMap,
  links: LinkIds,
): CrmRecord<Kind> {
  const { type, id, properties, raw } = object;
  const { fields, custom } = map.read(type, properties);
  const mergedIds = mergedIdsOf(properties, id).map((merged) => toRecordId(type, merged));
  const createdAt = textOf(raw["createdAt"]);
  const url = textOf(raw["url"]);
  return {
    kind,
    id: toRecordId(type, id),
    fields: fields as CrmFields[Kind],
    custom,
    links,
    updatedAt: updatedAtOf(object) ?? "",
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(mergedIds.length === 0 ? {} : { mergedIds }),
    ...(url === undefined ? {} : { url }),
  };
}

/** HubSpot's own text of when an object was changed: by the property that searches go by. */
export function updatedAtOf({ type, properties, raw }: HubspotObject): string | undefined {
  return properties[OBJECT_TYPES[type].stamp] ?? textOf(raw["updatedAt"]);
}

/** The ids that went into a record. Either of the two lists may miss one. */
export function mergedIdsOf(properties: PropertyTexts, id: string): readonly string[] {
  const ids = (properties["hs_merged_object_ids"] ?? "").split(";");
  const stamped = (properties["hs_calculated_merged_vids"] ?? "")
    .split(";")
    .map((pair) => pair.split(":")[0] ?? "");
  const merged = [...ids, ...stamped].map((text) => text.trim()).filter((text) => /^\d+$/.test(text));
  return [...new Set(merged)].filter((text) => text !== id);
}
