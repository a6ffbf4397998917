import { urlPath } from "@salesagent/core/http";
import type {
  CrmCallOptions,
  CrmChange,
  CrmDraft,
  CrmFound,
  CrmKindSupport,
  CrmLookup,
  CrmRecord,
} from "@salesagent/ports";
import type { CloseApi } from "./close-api.js";
import { notFound } from "./close-errors.js";
import type { CloseKind } from "./close-kind.js";
import { findExactly, type LookupClause, relatedWords } from "./close-lookup.js";
import type { CloseSettings } from "./close-options.js";
import { customSchema, ownFields } from "./close-schema.js";
import {
  CONTACT_ASKED,
  CONTACT_FIELDS,
  contactFieldName,
  fromContact,
  needsCurrentContact,
  toContact,
} from "./contact-fields.js";
import { type RefusingFields, refusingFields } from "./field-refusals.js";
import { type JsonRecord, recordsOf, textOf } from "./json-record.js";
import { RecordFeed } from "./record-feed.js";
import { searchSource } from "./search-source.js";

type Contact = CrmRecord<"contact">;

/** Contacts: each belongs to one lead. */
export class ContactKind implements CloseKind<"contact"> {
  readonly support: CrmKindSupport;
  readonly #api: CloseApi;
  readonly #refusing: RefusingFields;
  readonly #settings: CloseSettings;
  readonly #feed: RecordFeed<"contact">;

  constructor(api: CloseApi, settings: CloseSettings) {
    this.#api = api;
    this.#settings = settings;
    const mapping = settings.mapping.contact;
    this.#refusing = refusingFields({ kind: "contact", mapping, nameOf: contactFieldName });
    const lookup = { consistency: "index", lagMs: settings.indexLagMs } as const;
    this.support = {
      ...{ create: true, update: true, remove: true, list: true, changes: true, removals: true },
      lookup: [
        { by: "email", ...lookup },
        { by: "phone", ...lookup },
      ],
      maxBatch: 1,
      fields: CONTACT_FIELDS,
      customFields: Object.keys(mapping ?? {}),
      readOnlyFields: ["optedOut"],
      links: ["company"],
    };
    const target = {
      type: "contact",
      kind: "contact",
      fields: CONTACT_ASKED,
      pageSize: settings.pageSize,
      indexLagMs: settings.indexLagMs,
    } as const;
    this.#feed = new RecordFeed({
      kind: "contact",
      api,
      settings,
      source: (field, call) => searchSource(api, target, field, call),
      from: (doc) => this.#from(doc),
      get: (id, call) => this.get(id, call),
    });
  }

  list(cursor: string | undefined, call: CrmCallOptions | undefined) {
    return this.#feed.list(cursor, call);
  }

  changes(from: { readonly cursor: string } | { readonly since: string }, call: CrmCallOptions | undefined) {
    return this.#feed.changes(from, call);
  }

  async get(id: string, call: CrmCallOptions | undefined): Promise<Contact | undefined> {
    const doc = await this.#api.find(this.#path(id), {}, call);
    return doc === undefined ? undefined : this.#from(doc);
  }

  /** Without a lead, one is made with the contact inside by a single call: an answer that is lost leaves one thing to find. */
  async create(
    { fields, custom, links }: CrmDraft<"contact">,
    call: CrmCallOptions | undefined,
  ): Promise<Contact> {
    const body = toContact(fields, custom, {}, this.#settings.mapping.contact);
    const leadId = links?.company?.[0];
    return this.#refusing(undefined, async () => {
      if (leadId !== undefined) {
        return this.#from(await this.#api.create("/contact/", { lead_id: leadId, ...body }, call));
      }
      const name = textOf(body["name"]) ?? fields.email ?? "";
      const lead = await this.#api.create("/lead/", { name, contacts: [body] }, call);
      const [contact] = recordsOf(lead["contacts"]);
      return this.#from({ lead_id: lead["id"], ...contact });
    });
  }

  /** Another lead takes the contact over: it belongs to exactly one. */
  async update(change: CrmChange<"contact">, call: CrmCallOptions | undefined): Promise<Contact> {
    const { id, fields = {}, custom, links } = change;
    const path = this.#path(id);
    const wantedLead = links?.company?.[0];
    const needsCurrent = needsCurrentContact(fields) || wantedLead !== undefined;
    const current = needsCurrent ? await this.#need(id, call) : {};
    const moved =
      wantedLead === undefined || wantedLead === current["lead_id"] ? {} : { lead_id: wantedLead };
    const body = { ...moved, ...toContact(fields, custom, current, this.#settings.mapping.contact) };
    if (Object.keys(body).length === 0)
      return this.#from(needsCurrent ? current : await this.#need(id, call));
    const doc = await this.#refusing(id, () => this.#api.patch(path, body, call));
    if (doc === undefined) throw notFound("contact", id);
    return this.#from(doc);
  }

  async remove(id: string, call: CrmCallOptions | undefined): Promise<void> {
    await this.#api.remove(this.#path(id), call);
  }

  async lookup(
    { email, phone }: CrmLookup<"contact">,
    call: CrmCallOptions | undefined,
  ): Promise<CrmFound<"contact">> {
    const clauses: LookupClause<Contact>[] = [];
    if (email !== undefined) {
      const asked = email.toLowerCase();
      clauses.push({
        node: relatedWords("contact_email", "email", asked),
        holds: ({ fields }) => [fields.email, ...(fields.otherEmails ?? [])].includes(asked),
      });
    }
    if (phone !== undefined) {
      clauses.push({
        node: relatedWords("contact_phone", "phone", phone),
        holds: ({ fields }) => [fields.phone, ...(fields.otherPhones ?? [])].includes(phone),
      });
    }
    const target = { type: "contact", fields: CONTACT_ASKED } as const;
    const records = await findExactly(this.#api, target, clauses, (doc) => this.#from(doc), call);
    return { records, certain: false };
  }

  async schema(call: CrmCallOptions | undefined) {
    const own = ownFields(
      {
        ...{ name: "text", title: "text", emails: "list", phones: "list", urls: "list", timezone: "text" },
        ...{ lead_id: "other", date_created: "instant", date_updated: "instant" },
      },
      ["lead_id", "date_created", "date_updated"],
    );
    return [...own, ...(await customSchema(this.#api, "contact", call))];
  }

  #path(id: string): string {
    return urlPath`/contact/${id}/`;
  }

  #from(doc: JsonRecord): Contact {
    return fromContact(doc, this.#settings.mapping.contact);
  }

  async #need(id: string, call: CrmCallOptions | undefined): Promise<JsonRecord> {
    const doc = await this.#api.find(this.#path(id), {}, call);
    if (doc === undefined) throw notFound("contact", id);
    return doc;
  }
}
