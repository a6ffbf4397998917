import type { CrmKind, JsonObject, JsonValue } from "@salesagent/ports";
import { crmError } from "./close-errors.js";
import type { JsonRecord } from "./json-record.js";

/** A custom field of Close under a name of the host's. */
export interface CloseFieldMapping {
  /** Close's id, `cf_…`, with or without `custom.` in front. */
  readonly field: string;
  /** `user`: the id of a user. `list`: several texts. */
  readonly type: "text" | "number" | "date" | "instant" | "choice" | "user" | "list";
}

/** The custom fields of each kind, by names of the host's. */
export type CloseMapping = {
  readonly [Kind in "contact" | "company" | "deal"]?: Readonly<Record<string, CloseFieldMapping>>;
};

/** @throws TypeError naming the option that makes no sense. */
export function checkMapping(mapping: CloseMapping): CloseMapping {
  for (const [kind, fields] of Object.entries(mapping)) {
    if (!["contact", "company", "deal"].includes(kind)) {
      throw new TypeError(`close.mapping.${kind}: Close has custom fields of contact, company and deal`);
    }
    for (const [name, { field, type }] of Object.entries(fields ?? {})) {
      if (typeof field !== "string" || !/^(custom\.)?cf_\w+$/.test(field)) {
        throw new TypeError(`close.mapping.${kind}.${name}.field must be the id of a custom field, cf_…`);
      }
      if (!Object.hasOwn(TYPES, type)) {
        throw new TypeError(
          `close.mapping.${kind}.${name}.type must be one of ${Object.keys(TYPES).join(", ")}`,
        );
      }
    }
  }
  return mapping;
}

/** The key under which Close has a mapped field. */
function customKey({ field }: CloseFieldMapping): string {
  return field.startsWith("custom.") ? field : `custom.${field}`;
}

/** The custom fields of an object by the host's names; what is empty is absent. */
export function fromCustom(doc: JsonRecord, mapping: CloseMapping[keyof CloseMapping] = {}): JsonObject {
  const entries = Object.entries(mapping).flatMap(([name, field]): [string, JsonValue][] => {
    const value = doc[customKey(field)];
    return value === undefined || value === null ? [] : [[name, value as JsonValue]];
  });
  return Object.fromEntries(entries);
}

/**
 * Custom fields as Close takes them: null clears.
 *
 * @throws SalesAgentError `crm.field_invalid` for a name that is not in the mapping and for a value of another type.
 */
export function toCustom(
  kind: CrmKind,
  custom: JsonObject | undefined,
  mapping: CloseMapping[keyof CloseMapping] = {},
): Record<string, JsonValue> {
  const body: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(custom ?? {})) {
    const field = mapping[name];
    if (field === undefined)
      throw invalid(kind, name, `is not in close.mapping.${kind}; add it with its id and type`);
    if (value !== null && !TYPES[field.type](value))
      throw invalid(kind, name, `must be of type ${field.type}`);
    body[customKey(field)] = value;
  }
  return body;
}

const invalid = (kind: CrmKind, field: string, problem: string) =>
  crmError("crm.field_invalid", {
    kind,
    message: `The custom field ${field} of a ${kind} ${problem}.`,
    facts: { field },
  });

const isText = (value: JsonValue) => typeof value === "string";

const TYPES: Readonly<Record<CloseFieldMapping["type"], (value: JsonValue) => boolean>> = {
  text: isText,
  choice: isText,
  user: isText,
  number: (value) => typeof value === "number" && Number.isFinite(value),
  date: (value) => typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value),
  instant: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  list: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
};
