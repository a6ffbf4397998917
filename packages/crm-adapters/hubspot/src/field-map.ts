import type { CrmKind, JsonObject, JsonValue } from "@salesagent/ports";
import { FIELD_BINDINGS, type FieldBinding, textField, type ValueContext } from "./field-bindings.js";
import type { HubspotCustomField, ResolvedHubspot } from "./hubspot-options.js";
import { OBJECT_TYPES, type ObjectType, TYPES_OF_KIND } from "./object-types.js";
import { type PropertyTexts, readProperty, writeProperty } from "./property-values.js";

/** A value that can't be written: the field by our name, and why. */
export interface UnfitValue {
  readonly field: string;
  readonly reason: string;
}

/** Properties to send, or what stands in their way. */
export interface WrittenProperties {
  readonly properties: Readonly<Record<string, string>>;
  readonly unfit: readonly UnfitValue[];
}

/** Our fields and HubSpot's properties, both ways, as the host's options have them. */
export class FieldMap {
  readonly #bindings = new Map<ObjectType, readonly FieldBinding[]>();
  readonly #custom: ResolvedHubspot["mapping"];
  readonly #asked = new Map<ObjectType, readonly string[]>();
  readonly #currency: string;

  /** @throws TypeError naming the option that names no field or property. */
  constructor({ fields, mapping, externalIdProperty, currency }: ResolvedHubspot) {
    checkMapping(mapping);
    this.#custom = mapping;
    this.#currency = currency;
    for (const { type, kind, stamp } of Object.values(OBJECT_TYPES)) {
      const bindings = FIELD_BINDINGS[type].flatMap((binding) =>
        renamed(binding, fields[kind]?.[binding.field]),
      );
      this.#bindings.set(type, bindings);
      const own = Object.values(mapping[kind] ?? {}).map(({ property }) => property);
      const external = externalIdProperty[kind] ?? [];
      const merged = ["hs_merged_object_ids", ...(kind === "contact" ? ["hs_calculated_merged_vids"] : [])];
      const names = [
        ...bindings.flatMap(({ properties }) => properties),
        ...own,
        external,
        ...merged,
        stamp,
      ].flat();
      this.#asked.set(type, [...new Set(names)]);
    }
    checkFieldNames(fields, (kind) => this.fieldsOf(kind, true));
  }

  /** The properties that are asked for. */
  propertiesOf(type: ObjectType): readonly string[] {
    return this.#asked.get(type) ?? [];
  }

  /** Our names of the fields that a kind has. */
  fieldsOf(kind: CrmKind, original = false): readonly string[] {
    const of = (type: ObjectType) => (original ? FIELD_BINDINGS[type] : (this.#bindings.get(type) ?? []));
    const names = TYPES_OF_KIND[kind].flatMap((type) => of(type).map(({ field }) => field));
    return [...new Set(kind === "activity" ? ["type", ...names] : names)];
  }

  /** Those that HubSpot only tells. */
  readOnlyFieldsOf(kind: CrmKind): readonly string[] {
    const bindings = TYPES_OF_KIND[kind].flatMap((type) => this.#bindings.get(type) ?? []);
    const writable = new Set(bindings.filter(({ write }) => write !== undefined).map(({ field }) => field));
    return this.fieldsOf(kind).filter((field) => field !== "type" && !writable.has(field));
  }

  /** Reads the fields of a record. */
  read(type: ObjectType, texts: PropertyTexts): { readonly fields: JsonObject; readonly custom: JsonObject } {
    const context = { currency: texts["deal_currency_code"] || this.#currency };
    const { kind, singular } = OBJECT_TYPES[type];
    const fields: Record<string, JsonValue> = kind === "activity" ? { type: singular } : {};
    for (const { field, read } of this.#bindings.get(type) ?? []) {
      const value = read(texts, context);
      if (value !== undefined) fields[field] = value;
    }
    const custom: Record<string, JsonValue> = {};
    for (const [name, field] of Object.entries(this.#custom[kind] ?? {})) {
      const value = readProperty(field.type, texts[field.property]);
      if (value !== undefined) custom[name] = value;
    }
    return { fields, custom };
  }

  /**
   * Writes fields as properties. Fields that HubSpot doesn't have, or only tells, are left out.
   *
   * @param currency - Of the deal, where its fields don't name one.
   */
  write(
    type: ObjectType,
    fields: Readonly<Record<string, unknown>>,
    custom: JsonObject = {},
    currency: string = this.#currency,
  ): WrittenProperties {
    const named = fields["currency"];
    const context: ValueContext = { currency: typeof named === "string" ? named : currency };
    const properties: Record<string, string> = {};
    const unfit: UnfitValue[] = [];
    for (const field of this.#foreignFields(type, fields)) {
      unfit.push({ field, reason: `HubSpot has none in a ${OBJECT_TYPES[type].singular}` });
    }
    for (const { field, properties: names, write } of this.#bindings.get(type) ?? []) {
      const value = fields[field] as JsonValue | undefined;
      if (value === undefined || write === undefined) continue;
      const text = value === null ? "" : write(value, context);
      if (text === undefined) unfit.push({ field, reason: "it is not of the field's type" });
      else properties[names[0]] = text;
    }
    for (const [name, value] of Object.entries(custom)) {
      this.#writeCustom(type, name, value, properties, unfit);
    }
    return { properties, unfit };
  }

  /** Our name of a property, for refusals; its own where we have none. */
  fieldOf(type: ObjectType, property: string): string {
    const binding = (this.#bindings.get(type) ?? []).find(({ properties }) => properties[0] === property);
    if (binding !== undefined) return binding.field;
    const own = Object.entries(this.#custom[OBJECT_TYPES[type].kind] ?? {});
    return own.find(([, field]) => field.property === property)?.[0] ?? property;
  }

  /** Fields with a value that other types of the kind have, and this one does not. */
  #foreignFields(type: ObjectType, fields: Readonly<Record<string, unknown>>): readonly string[] {
    const { kind } = OBJECT_TYPES[type];
    const own = new Set(["type", ...(this.#bindings.get(type) ?? []).map(({ field }) => field)]);
    return this.fieldsOf(kind).filter((field) => !own.has(field) && (fields[field] ?? null) !== null);
  }

  #writeCustom(
    type: ObjectType,
    name: string,
    value: JsonValue,
    properties: Record<string, string>,
    unfit: UnfitValue[],
  ): void {
    const field = this.#custom[OBJECT_TYPES[type].kind]?.[name];
    if (field === undefined) {
      unfit.push({ field: name, reason: "the mapping has no such field" });
      return;
    }
    if (field.readOnly === true) return;
    const text = writeProperty(field.type, value);
    if (text === undefined) unfit.push({ field: name, reason: `it is mapped as ${field.type}` });
    else properties[field.property] = text;
  }
}

/** A binding under the host's name of its property; none where the host leaves the field alone. */
function renamed(binding: FieldBinding, property: string | false | undefined): FieldBinding[] {
  if (property === undefined) return [binding];
  return property === false ? [] : [textField(binding.field, property)];
}

const TYPES = new Set(["text", "number", "boolean", "date", "instant", "choice", "list"]);
const PROPERTY_NAME = /^[a-z][a-z0-9_]*$/;

function checkMapping(mapping: ResolvedHubspot["mapping"]): void {
  for (const [kind, fields] of Object.entries(mapping)) {
    if (!(kind in TYPES_OF_KIND)) throw new TypeError(`hubspot.mapping.${kind} is no kind of record`);
    for (const [name, field] of Object.entries(fields)) checkCustom(`hubspot.mapping.${kind}.${name}`, field);
  }
}

function checkCustom(path: string, { property, type }: HubspotCustomField): void {
  if (!PROPERTY_NAME.test(property))
    throw new TypeError(`${path}.property must be HubSpot's name of a property`);
  if (!TYPES.has(type)) throw new TypeError(`${path}.type must be one of ${[...TYPES].join(", ")}`);
}

function checkFieldNames(
  fields: ResolvedHubspot["fields"],
  known: (kind: CrmKind) => readonly string[],
): void {
  for (const [kind, names] of Object.entries(fields)) {
    if (!(kind in TYPES_OF_KIND)) throw new TypeError(`hubspot.fields.${kind} is no kind of record`);
    for (const [name, property] of Object.entries(names)) {
      const path = `hubspot.fields.${kind}.${name}`;
      if (!known(kind as CrmKind).includes(name)) throw new TypeError(`${path} is no field of ${kind}`);
      if (property !== false && !PROPERTY_NAME.test(property)) {
        throw new TypeError(`${path} must be HubSpot's name of a property, or false`);
      }
    }
  }
}
