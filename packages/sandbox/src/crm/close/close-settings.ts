import type { SeededIds } from "../shared/seeded-ids.js";
import { microsText, type WorldClock } from "../shared/world-clock.js";
import { fieldRefusal } from "./close-refusal.js";

/** What custom fields there are of. */
export type CustomFieldOwner = "lead" | "contact" | "opportunity" | "activity" | "shared";

/** A custom field that an organisation is set up with. */
export interface CloseCustomField {
  readonly owner: CustomFieldOwner;
  readonly name: string;
  readonly type:
    | "text"
    | "textarea"
    | "number"
    | "date"
    | "datetime"
    | "choices"
    | "user"
    | "contact"
    | "hidden";
  readonly choices?: readonly string[];
  /** @defaultValue false */
  readonly acceptsMultipleValues?: boolean;
  /** @defaultValue a seeded one */
  readonly id?: string;
}

/** A status of opportunities. */
export interface CloseStatus {
  readonly id: string;
  readonly label: string;
  readonly type: "active" | "won" | "lost";
}

/** What an organisation has set up: custom fields, statuses and pipelines. */
export class CloseSettings {
  readonly customFields: readonly Readonly<Record<string, unknown>>[];
  readonly leadStatuses: readonly { readonly id: string; readonly label: string }[];
  readonly opportunityStatuses: readonly CloseStatus[];
  readonly pipeline: { readonly id: string; readonly name: string };

  constructor(ids: SeededIds, time: WorldClock, customFields: readonly CloseCustomField[]) {
    const at = microsText(time.nowMicros(), 6, "");
    this.customFields = customFields.map((field) => ({
      id: field.id ?? `cf_${ids.text(43)}`,
      owner: field.owner,
      name: field.name,
      type: field.type,
      choices: field.choices ?? null,
      accepts_multiple_values: field.acceptsMultipleValues ?? false,
      is_shared: field.owner === "shared",
      date_created: at,
      date_updated: at,
    }));
    this.leadStatuses = ["Potential", "Customer", "Bad Fit"].map((label) => ({
      id: `stat_${ids.text(43)}`,
      label,
    }));
    this.pipeline = { id: `pipe_${ids.text(22)}`, name: "Sales" };
    const statuses = [
      ["Active", "active"],
      ["Won", "won"],
      ["Lost", "lost"],
    ] as const;
    this.opportunityStatuses = statuses.map(([label, type]) => ({ id: `stat_${ids.text(43)}`, label, type }));
  }

  /** The custom fields of an owner, without what only we need to know. */
  fieldsOf(owner: string): Readonly<Record<string, unknown>>[] {
    return this.customFields
      .filter((field) => field["owner"] === owner)
      .map(({ owner: _owner, ...field }) => field);
  }

  /**
   * Reads the `custom.cf_…` keys of a body over what stands: a bare key replaces, `.add` and `.remove` change one element, null
   * clears.
   */
  readCustom(
    owner: "lead" | "contact" | "opportunity",
    body: Readonly<Record<string, unknown>>,
    standing: Readonly<Record<string, unknown>> = {},
  ): Record<string, unknown> {
    const changes: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(body)) {
      const parts = /^custom\.(cf_[^.]+)(?:\.(add|remove))?$/.exec(key);
      if (parts === null) continue;
      const [, id = "", operation] = parts;
      const field = this.customFields.find(
        (known) => known["id"] === id && (known["owner"] === owner || known["owner"] === "shared"),
      );
      if (field === undefined) throw fieldRefusal(key, "Custom field does not exist.");
      const name = `custom.${id}`;
      if (operation === undefined) changes[name] = value === null ? undefined : checked(field, key, value);
      else changes[name] = changedList(standing[name], operation, checkedOne(field, key, value));
    }
    return changes;
  }
}

function changedList(standing: unknown, operation: string, value: unknown): unknown {
  const rest = (Array.isArray(standing) ? standing : []).filter((held) => held !== value);
  return operation === "add" ? [...rest, value] : rest;
}

function checked(field: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  if (field["accepts_multiple_values"] !== true) return checkedOne(field, key, value);
  if (!Array.isArray(value)) throw fieldRefusal(key, "Expected a list.");
  return value.map((one) => checkedOne(field, key, one));
}

function checkedOne(field: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  switch (field["type"]) {
    case "number":
      if (typeof value !== "number") throw fieldRefusal(key, "Not a number.");
      return value;
    case "date":
      if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value))
        throw fieldRefusal(key, "Not a date.");
      return value;
    case "choices": {
      const { choices } = field;
      if (Array.isArray(choices) && choices.includes(value)) return value;
      throw fieldRefusal(key, "Not a valid choice.");
    }
    default:
      if (typeof value !== "string") throw fieldRefusal(key, "Not a text.");
      return value;
  }
}
