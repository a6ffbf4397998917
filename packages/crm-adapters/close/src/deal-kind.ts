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
import { crmError, notFound, unsupported } from "./close-errors.js";
import type { CloseKind } from "./close-kind.js";
import type { CloseSettings } from "./close-options.js";
import { customSchema, ownFields } from "./close-schema.js";
import { DEAL_FIELDS, DEAL_READ_ONLY, dealFieldName, fromOpportunity, toOpportunity } from "./deal-fields.js";
import { type RefusingFields, refusingFields } from "./field-refusals.js";
import type { JsonRecord } from "./json-record.js";
import { opportunitySource } from "./list-source.js";
import { RecordFeed } from "./record-feed.js";

type Deal = CrmRecord<"deal">;

/** Deals: Close calls them opportunities. They hang on a lead. */
export class DealKind implements CloseKind<"deal"> {
  readonly support: CrmKindSupport;
  readonly #api: CloseApi;
  readonly #refusing: RefusingFields;
  readonly #settings: CloseSettings;
  readonly #feed: RecordFeed<"deal">;

  constructor(api: CloseApi, settings: CloseSettings) {
    this.#api = api;
    this.#settings = settings;
    const mapping = settings.mapping.deal;
    this.#refusing = refusingFields({ kind: "deal", mapping, nameOf: dealFieldName });
    this.support = {
      ...{ create: true, update: true, remove: true, list: true, changes: true, removals: true },
      lookup: [],
      maxBatch: 1,
      fields: DEAL_FIELDS,
      customFields: Object.keys(mapping ?? {}),
      readOnlyFields: DEAL_READ_ONLY,
      links: ["company", "contact"],
      requiredLink: "company",
    };
    this.#feed = new RecordFeed({
      kind: "deal",
      api,
      settings,
      source: (field, call) => opportunitySource(api, field, settings.pageSize, call),
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

  async get(id: string, call: CrmCallOptions | undefined): Promise<Deal | undefined> {
    const doc = await this.#api.find(this.#path(id), {}, call);
    return doc === undefined ? undefined : this.#from(doc);
  }

  async create({ fields, custom, links }: CrmDraft<"deal">, call: CrmCallOptions | undefined): Promise<Deal> {
    const leadId = links?.company?.[0];
    if (leadId === undefined) {
      throw crmError("crm.field_invalid", {
        kind: "deal",
        message: "An opportunity hangs on a lead, else Close makes one without a name: give links.company.",
        facts: { field: "links.company" },
      });
    }
    const contactId = links?.contact?.[0];
    const body = {
      lead_id: leadId,
      ...(contactId === undefined ? {} : { contact_id: contactId }),
      ...toOpportunity(fields, custom, this.#settings.mapping.deal),
    };
    return this.#refusing(undefined, async () =>
      this.#from(await this.#api.create("/opportunity/", body, call)),
    );
  }

  async update(change: CrmChange<"deal">, call: CrmCallOptions | undefined): Promise<Deal> {
    const { id, fields = {}, custom, links } = change;
    const contactId = links?.contact?.[0];
    const body = {
      ...(contactId === undefined ? {} : { contact_id: contactId }),
      ...toOpportunity(fields, custom, this.#settings.mapping.deal),
    };
    const hasChange = Object.keys(body).length > 0;
    const doc = hasChange
      ? await this.#refusing(id, () => this.#api.patch(this.#path(id), body, call))
      : await this.#api.find(this.#path(id), {}, call);
    if (doc === undefined) throw notFound("deal", id);
    return this.#from(doc);
  }

  async remove(id: string, call: CrmCallOptions | undefined): Promise<void> {
    await this.#api.remove(this.#path(id), call);
  }

  async lookup(_what: CrmLookup<"deal">, _call: CrmCallOptions | undefined): Promise<CrmFound<"deal">> {
    throw unsupported("lookup", "deal");
  }

  async schema(call: CrmCallOptions | undefined) {
    const statuses = await this.#api.list("/status/opportunity/", {}, call);
    const own = ownFields(
      {
        ...{ value: "number", value_currency: "text", value_period: "choice", confidence: "number" },
        ...{ date_won: "date", user_id: "other", contact_id: "other", lead_id: "other", note: "text" },
        ...{ pipeline_id: "other", status_type: "choice", date_created: "instant", date_updated: "instant" },
      },
      ["lead_id", "pipeline_id", "status_type", "date_created", "date_updated"],
    );
    const status = {
      name: "status_id",
      type: "choice",
      choices: statuses.rows.map(({ id }) => String(id)),
    } as const;
    return [...own, status, ...(await customSchema(this.#api, "opportunity", call))];
  }

  #path(id: string): string {
    return urlPath`/opportunity/${id}/`;
  }

  #from(doc: JsonRecord): Deal {
    return fromOpportunity(doc, this.#settings.mapping.deal);
  }
}
