import { type CrmKind, type JsonObject, type JsonValue, SalesAgentError } from "@salesagent/ports";
import { numberOf, objectOf, textOf, textsOf, type Wire } from "./wire.js";

/** A field of the host's own, and where Apollo keeps it. */
export interface ApolloCustomField {
  /** Apollo's id of the field: 24 hexadecimal digits, as `schema` tells. */
  readonly field: string;
  readonly type: "text" | "number" | "boolean" | "date" | "instant" | "choice" | "list";
  /** For `choice` and `list`: Apollo's id of each value, by the name that the host uses. */
  readonly choices?: Readonly<Record<string, string>>;
}

/** Fields of the host's own by kind and by the host's names. */
export type ApolloMapping = {
  readonly [Kind in "contact" | "company" | "deal"]?: Readonly<Record<string, ApolloCustomField>>;
};

const FITS: Readonly<Record<ApolloCustomField["type"], (value: JsonValue) => boolean>> = {
  text: (value) => typeof value === "string",
  number: (value) => typeof value === "number" && Number.isFinite(value),
  boolean: (value) => typeof value === "boolean",
  date: (value) => typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value),
  instant: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  choice: (value) => typeof value === "string",
  list: (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
};

/** @throws TypeError naming the field whose id or type makes no sense. */
export function checkMapping(mapping: ApolloMapping): ApolloMapping {
  for (const [kind, fields] of Object.entries(mapping)) {
    for (const [name, { field, type }] of Object.entries(fields)) {
      const path = `apollo.mapping.${kind}.${name}`;
      if (!/^[0-9a-f]{24}$/i.test(field)) throw new TypeError(`${path}.field must be 24 hexadecimal digits`);
      if (!(type in FITS)) throw new TypeError(`${path}.type must be one of ${Object.keys(FITS).join(", ")}`);
    }
  }
  return mapping;
}

/** The host's fields of a record; what does not have the mapping's type is left out. */
export function fromCustom(mapping: ApolloMapping, kind: CrmKind, typed: unknown): JsonObject {
  const values = objectOf(typed);
  return Object.fromEntries(
    fieldsOf(mapping, kind).flatMap(([name, field]) => {
      const value = toHost(field, values[field.field]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * The host's fields as Apollo takes them; an empty text takes a value away. Fields that are not mapped are left out.
 *
 * @throws `crm.field_invalid` for a value of another type.
 */
export function toCustom(mapping: ApolloMapping, kind: CrmKind, custom: JsonObject | undefined): Wire {
  return Object.fromEntries(
    fieldsOf(mapping, kind).flatMap(([name, field]): [string, unknown][] => {
      const value = custom?.[name];
      if (value === undefined) return [];
      return [[field.field, value === null ? "" : toVendor(kind, name, field, value)]];
    }),
  );
}

const fieldsOf = (
  mapping: ApolloMapping,
  kind: CrmKind,
): readonly (readonly [string, ApolloCustomField])[] =>
  kind === "activity" ? [] : Object.entries(mapping[kind] ?? {});

function toHost({ type, choices = {} }: ApolloCustomField, value: unknown): JsonValue | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const nameOf = (id: string) => Object.entries(choices).find(([, one]) => one === id)?.[0] ?? id;
  switch (type) {
    case "number":
      return numberOf(value);
    case "boolean":
      return typeof value === "boolean"
        ? value
        : value === "true"
          ? true
          : value === "false"
            ? false
            : undefined;
    case "date":
      return textOf(value)?.slice(0, 10);
    case "list":
      return Array.isArray(value) ? textsOf(value).map(nameOf) : undefined;
    case "choice": {
      const id = textOf(value);
      return id === undefined ? undefined : nameOf(id);
    }
    default:
      return textOf(value);
  }
}

function toVendor(kind: CrmKind, name: string, field: ApolloCustomField, value: JsonValue): JsonValue {
  const { type, choices } = field;
  const refuse = (why: string) =>
    new SalesAgentError("crm.field_invalid", {
      message: `apollo: the custom field ${name} of a ${kind} ${why}. Send such a value, or change mapping.${kind}.${name}.`,
      facts: { crm: "apollo", kind, field: name },
      replay: "safe",
    });
  if (!FITS[type](value)) throw refuse(`takes a value of type ${type}`);
  if (choices === undefined) return value;
  const idOf = (choice: string) => {
    const id = Object.hasOwn(choices, choice) ? choices[choice] : undefined;
    if (id === undefined)
      throw refuse(`has no choice of this name; it has ${Object.keys(choices).join(", ")}`);
    return id;
  };
  return typeof value === "string"
    ? idOf(value)
    : Array.isArray(value)
      ? value.map((one) => idOf(String(one)))
      : value;
}
