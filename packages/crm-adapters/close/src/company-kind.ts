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
import { findExactly, type LookupClause, words } from "./close-lookup.js";
import type { CloseSettings } from "./close-options.js";
import { customSchema, ownFields } from "./close-schema.js";
import {
  COMPANY_ASKED,
  COMPANY_FIELDS,
  companyFieldName,
  fromLead,
  needsCurrentCompany,
  toLead,
} from "./company-fields.js";
import { survivorOf } from "./event-feed.js";
import { type RefusingFields, refusingFields } from "./field-refusals.js";
import type { JsonRecord } from "./json-record.js";
import { RecordFeed } from "./record-feed.js";
import { searchSource } from "./search-source.js";

type Company = CrmRecord<"company">;

/** Companies: Close calls them leads. They alone can be merged. */
export class CompanyKind implements CloseKind<"company"> {
  readonly support: CrmKindSupport;
  readonly #api: CloseApi;
  readonly #refusing: RefusingFields;
  readonly #settings: CloseSettings;
  readonly #feed: RecordFeed<"company">;

  constructor(api: CloseApi, settings: CloseSettings) {
    this.#api = api;
    this.#settings = settings;
    const mapping = settings.mapping.company;
    this.#refusing = refusingFields({ kind: "company", mapping, nameOf: companyFieldName });
    const lookup = { consistency: "index", lagMs: settings.indexLagMs } as const;
    this.support = {
      ...{ create: true, update: true, remove: true, list: true, changes: true, removals: true },
      lookup: [
        { by: "domain", ...lookup },
        { by: "name", ...lookup },
      ],
      maxBatch: 1,
      fields: COMPANY_FIELDS,
      customFields: Object.keys(mapping ?? {}),
    };
    const target = {
      type: "lead",
      kind: "company",
      fields: COMPANY_ASKED,
      pageSize: settings.pageSize,
      indexLagMs: settings.indexLagMs,
    } as const;
    this.#feed = new RecordFeed({
      kind: "company",
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

  /** A lead that was merged comes as the one that it was merged into, as long as Close keeps the event: 30 days. */
  async get(id: string, call: CrmCallOptions | undefined): Promise<Company | undefined> {
    const merged: string[] = [];
    for (let leadId: string | undefined = id; leadId !== undefined && !merged.includes(leadId); ) {
      const doc = await this.#find(leadId, call);
      if (doc !== undefined)
        return merged.length === 0 ? this.#from(doc) : { ...this.#from(doc), mergedIds: merged };
      merged.push(leadId);
      leadId = await survivorOf(this.#api, leadId, call);
    }
    return undefined;
  }

  async create({ fields, custom }: CrmDraft<"company">, call: CrmCallOptions | undefined): Promise<Company> {
    const body = toLead(fields, custom, {}, this.#settings.mapping.company);
    return this.#refusing(undefined, async () => this.#from(await this.#api.create("/lead/", body, call)));
  }

  async update(
    { id, fields = {}, custom }: CrmChange<"company">,
    call: CrmCallOptions | undefined,
  ): Promise<Company> {
    const needsCurrent = needsCurrentCompany(fields);
    const current = needsCurrent ? await this.#need(id, call) : {};
    const body = toLead(fields, custom, current, this.#settings.mapping.company);
    if (Object.keys(body).length === 0)
      return this.#from(needsCurrent ? current : await this.#need(id, call));
    const doc = await this.#refusing(id, () => this.#api.patch(this.#path(id), body, call));
    if (doc === undefined) throw await this.#gone(id, call);
    return this.#from(doc);
  }

  async remove(id: string, call: CrmCallOptions | undefined): Promise<void> {
    await this.#api.remove(this.#path(id), call);
  }

  async lookup(
    { domain, name }: CrmLookup<"company">,
    call: CrmCallOptions | undefined,
  ): Promise<CrmFound<"company">> {
    const clauses: LookupClause<Company>[] = [];
    if (domain !== undefined) {
      const asked = domain.toLowerCase();
      clauses.push({ node: words("lead", "url", asked), holds: ({ fields }) => fields.domain === asked });
    }
    if (name !== undefined) {
      clauses.push({
        node: words("lead", "display_name", name),
        holds: ({ fields }) => fields.name === name,
      });
    }
    const target = { type: "lead", fields: COMPANY_ASKED } as const;
    const records = await findExactly(this.#api, target, clauses, (doc) => this.#from(doc), call);
    return { records, certain: false };
  }

  async schema(call: CrmCallOptions | undefined) {
    const own = ownFields(
      {
        ...{ name: "text", url: "text", description: "text", addresses: "list", status_id: "choice" },
        ...{ date_created: "instant", date_updated: "instant" },
      },
      ["date_created", "date_updated"],
    );
    return [...own, ...(await customSchema(this.#api, "lead", call))];
  }

  #path(id: string): string {
    return urlPath`/lead/${id}/`;
  }

  #from(doc: JsonRecord): Company {
    return fromLead(doc, this.#settings.mapping.company);
  }

  /** Without its contacts, opportunities and tasks. */
  #find(id: string, call: CrmCallOptions | undefined): Promise<JsonRecord | undefined> {
    return this.#api.find(this.#path(id), { _fields: COMPANY_ASKED.join(",") }, call);
  }

  async #need(id: string, call: CrmCallOptions | undefined): Promise<JsonRecord> {
    const doc = await this.#find(id, call);
    if (doc === undefined) throw await this.#gone(id, call);
    return doc;
  }

  async #gone(id: string, call: CrmCallOptions | undefined) {
    return notFound("company", id, await survivorOf(this.#api, id, call));
  }
}
