import type { CrmChange, CrmDealFields, CrmRecord } from "@salesagent/ports";
import { crmError } from "./close-errors.js";
import { type CloseMapping, fromCustom, toCustom } from "./custom-fields.js";
import { type JsonRecord, textOf, withoutGaps } from "./json-record.js";

/** What Close has of an opportunity, by our names. It has no name. */
export const DEAL_FIELDS = [
  "amountMinor",
  "currency",
  "pipelineId",
  "stageId",
  "status",
  "probability",
  "closeDate",
  "ownerId",
] as const satisfies readonly (keyof CrmDealFields)[];

/** Those that follow from the stage, and the currency, which is the organisation's. */
export const DEAL_READ_ONLY = [
  "currency",
  "pipelineId",
  "status",
] as const satisfies readonly (keyof CrmDealFields)[];

type DealChange = NonNullable<CrmChange<"deal">["fields"]>;

const STATUSES: Readonly<Record<string, NonNullable<CrmDealFields["status"]>>> = {
  active: "open",
  won: "won",
  lost: "lost",
};

/** An opportunity of Close's as a record. */
export function fromOpportunity(doc: JsonRecord, mapping: CloseMapping["deal"]): CrmRecord<"deal"> {
  const leadId = textOf(doc["lead_id"]);
  const contactId = textOf(doc["contact_id"]);
  const createdAt = textOf(doc["date_created"]);
  return {
    kind: "deal",
    id: String(doc["id"]),
    fields: dealFields(doc),
    custom: fromCustom(doc, mapping),
    links: {
      ...(leadId === undefined ? {} : { company: [leadId] }),
      ...(contactId === undefined ? {} : { contact: [contactId] }),
    },
    updatedAt: String(doc["date_updated"]),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(leadId === undefined ? {} : { url: `https://app.close.com/lead/${leadId}/` }),
  };
}

function dealFields(doc: JsonRecord): CrmDealFields {
  const { value, confidence } = doc;
  return withoutGaps({
    // cents already
    amountMinor: typeof value === "number" && Number.isSafeInteger(value) ? value : undefined,
    currency: textOf(doc["value_currency"]),
    pipelineId: textOf(doc["pipeline_id"]),
    stageId: textOf(doc["status_id"]),
    status: STATUSES[String(doc["status_type"])],
    probability: typeof confidence === "number" ? confidence : undefined,
    closeDate: textOf(doc["date_won"])?.slice(0, 10),
    ownerId: textOf(doc["user_id"]),
  });
}

/** What an opportunity always has, so that it can be changed and not taken away. */
const ALWAYS = ["amountMinor", "stageId", "probability"] as const satisfies readonly (keyof DealChange)[];

/**
 * A change as Close takes it.
 *
 * @throws SalesAgentError `crm.field_invalid` for a custom field that isn't mapped or is of another type, and for a value that
 *   can't be taken away.
 */
export function toOpportunity(
  fields: DealChange,
  custom: CrmChange["custom"],
  mapping: CloseMapping["deal"],
): Record<string, unknown> {
  const cleared = ALWAYS.find((name) => fields[name] === null);
  if (cleared !== undefined) {
    throw crmError("crm.field_invalid", {
      kind: "deal",
      message: `Close can't take ${cleared} of an opportunity away. Change it, or leave it out.`,
      facts: { field: cleared },
    });
  }
  const { probability } = fields;
  return {
    ...withoutGaps({
      value: fields.amountMinor,
      status_id: fields.stageId,
      confidence: typeof probability === "number" ? Math.round(probability) : undefined,
      date_won: fields.closeDate,
      user_id: fields.ownerId,
    }),
    ...toCustom("deal", custom, mapping),
  };
}

/** Our name of a field that Close refused. */
export function dealFieldName(field: string): string {
  const names: Readonly<Record<string, string>> = {
    value: "amountMinor",
    status_id: "stageId",
    confidence: "probability",
    date_won: "closeDate",
    user_id: "ownerId",
    lead_id: "links.company",
    contact_id: "links.contact",
  };
  return names[field] ?? field;
}
