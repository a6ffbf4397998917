import type { Clock, JsonValue } from "@salesagent/ports";
import { createSeededIds, type SeededIds } from "../shared/index.js";
import { contactFields, sanitized } from "./apollo-contact.js";
import { ApolloPeople, apolloId, textOf } from "./apollo-people.js";
import type { ApolloFields, ApolloRow } from "./apollo-row.js";
import { ApolloTable } from "./apollo-table.js";

/** A field of the team's own. */
export interface ApolloCustomField {
  readonly id: string;
  readonly modality: "contact" | "account" | "opportunity";
  readonly label: string;
  readonly type: "string" | "textarea" | "number" | "date" | "datetime" | "boolean" | "picklist";
  /** Ids and names of a picklist's values. */
  readonly picklist?: readonly { readonly id: string; readonly name: string }[];
}

/** A write that came by the API, and was not turned away for its key or its rate. */
export interface ApolloWrite {
  readonly op: "create" | "update";
  readonly kind: "contact" | "account" | "opportunity" | "task";
  /** Names of the fields that were sent. */
  readonly sent: readonly string[];
}

/** How a world begins. */
export interface ApolloWorldOptions {
  readonly clock: Clock;
  readonly seed: string | number;
  readonly searchLagMs: number;
}

/** What stands in an Apollo account, as its users have it, and the people whom Apollo knows. */
export class ApolloWorld {
  readonly ids: SeededIds;
  readonly clock: Clock;
  /** Apollo's own database, whose use costs credits. */
  readonly database: ApolloPeople;
  readonly contacts: ApolloTable;
  readonly accounts: ApolloTable;
  readonly opportunities: ApolloTable;
  readonly tasks: ApolloTable;
  readonly notes: ApolloTable;
  readonly fields: ApolloCustomField[] = [];
  readonly users: ApolloFields[] = [];
  /** Writes by the API, oldest first. */
  readonly writes: ApolloWrite[] = [];

  constructor({ clock, seed, searchLagMs }: ApolloWorldOptions) {
    this.ids = createSeededIds(seed);
    this.clock = clock;
    this.database = new ApolloPeople(this.ids);
    const table = () => new ApolloTable({ newId: () => apolloId(this.ids), clock, searchLagMs });
    this.contacts = table();
    this.accounts = table();
    this.opportunities = table();
    this.tasks = table();
    this.notes = table();
  }

  /** As a user saves a contact; fields as the API takes them. */
  addContact(body: ApolloFields): ApolloRow {
    return this.contacts.create(contactFields(body));
  }

  /** As a user changes a contact. */
  editContact(id: string, body: ApolloFields): ApolloRow | undefined {
    const row = this.contacts.get(id);
    return row && this.contacts.edit(id, contactFields(body, row));
  }

  addAccount(body: ApolloFields): ApolloRow {
    return this.accounts.create(accountFields(body));
  }

  editAccount(id: string, body: ApolloFields): ApolloRow | undefined {
    return this.accounts.edit(id, accountFields(body, this.accounts.get(id)));
  }

  addOpportunity(body: ApolloFields): ApolloRow {
    return this.opportunities.create(opportunityFields(body));
  }

  editOpportunity(id: string, body: ApolloFields): ApolloRow | undefined {
    return this.opportunities.edit(id, opportunityFields(body, this.opportunities.get(id)));
  }

  addField(field: Omit<ApolloCustomField, "id">): ApolloCustomField {
    const made = { ...field, id: apolloId(this.ids) };
    this.fields.push(made);
    return made;
  }
}

/** What a request makes of an account. */
export function accountFields(body: ApolloFields, before?: ApolloRow): ApolloFields {
  const plain = ["name", "domain", "owner_id", "account_stage_id", "phone", "raw_address", "linkedin_url"];
  const fields = plainFields(plain, body, before);
  if ("phone" in fields) {
    const phone = textOf(fields["phone"]);
    fields["sanitized_phone"] = phone === undefined ? null : sanitized(phone);
  }
  return fields;
}

/** What a request makes of a deal; its amount is told as a number. */
export function opportunityFields(body: ApolloFields, before?: ApolloRow): ApolloFields {
  const plain = ["name", "owner_id", "account_id", "opportunity_stage_id", "closed_date"];
  const fields = plainFields(plain, body, before);
  if ("amount" in body || before === undefined) {
    const amount = textOf(body["amount"]);
    fields["amount"] = amount === undefined ? null : Number(amount);
  }
  return fields;
}

function plainFields(
  names: readonly string[],
  body: ApolloFields,
  before: ApolloRow | undefined,
): Record<string, JsonValue> {
  const fields: Record<string, JsonValue> = {};
  for (const name of names) {
    if (name in body || before === undefined) fields[name] = textOf(body[name]) ?? null;
  }
  const custom = { ...objectIn(before?.["typed_custom_fields"]), ...objectIn(body["typed_custom_fields"]) };
  const kept = Object.entries(custom).filter(([, value]) => value !== null && value !== "");
  return { ...fields, typed_custom_fields: Object.fromEntries(kept) };
}

const objectIn = (value: JsonValue | undefined): ApolloFields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as ApolloFields) : {};
