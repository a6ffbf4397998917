import type { PropertyTexts } from "./check-values.js";
import type { HubspotType, HubspotTypeFacts } from "./object-types.js";

/** A record as the world holds it. Its properties are replaced whole by each write. */
export interface StoredObject {
  readonly type: HubspotType;
  readonly id: number;
  properties: PropertyTexts;
  readonly createdMs: number;
  modifiedMs: number;
  archivedMs?: number | undefined;
  /** The record that it went into. */
  mergedInto?: number;
  /** What the search index knows of it. */
  indexed?: IndexedState | undefined;
}

/** A record as the search index has it, which is a while behind. */
export interface IndexedState {
  readonly properties: PropertyTexts;
  readonly modifiedMs: number;
}

/** ISO 8601 in UTC; whole seconds come without a fraction, as HubSpot's do now and then. */
export function stampText(ms: number): string {
  const text = new Date(ms).toISOString();
  return ms % 1000 === 0 ? text.replace(".000Z", "Z") : text;
}

/** The value of a property, with those that HubSpot works out by itself. */
export function propertyText(
  facts: HubspotTypeFacts,
  { id, createdMs }: StoredObject,
  state: IndexedState,
  name: string,
): string | undefined {
  if (name === "hs_object_id") return String(id);
  if (name === facts.created) return stampText(createdMs);
  if (name === facts.stamp) return stampText(state.modifiedMs);
  if (facts.type === "deals") return dealText(state.properties, name) ?? state.properties[name];
  return state.properties[name];
}

const CLOSED_STAGES = new Set(["closedwon", "closedlost"]);
const PROBABILITIES: Readonly<Record<string, string>> = {
  appointmentscheduled: "0.2",
  qualifiedtobuy: "0.4",
  presentationscheduled: "0.6",
  contractsent: "0.9",
  closedwon: "1",
  closedlost: "0",
};

function dealText({ dealstage }: PropertyTexts, name: string): string | undefined {
  if (name === "hs_is_closed_won") return String(dealstage === "closedwon");
  if (name === "hs_is_closed") return String(CLOSED_STAGES.has(dealstage ?? ""));
  if (name === "hs_deal_stage_probability" && dealstage !== undefined) return PROBABILITIES[dealstage];
  return undefined;
}

/** A record as an answer holds it. Only what is asked for is in it; what is asked for and has no value is null. */
export function objectBody(
  facts: HubspotTypeFacts,
  object: StoredObject,
  asked: readonly string[],
  known: ReadonlyMap<string, unknown>,
): Record<string, unknown> {
  const names = new Set([
    ...(asked.length === 0 ? facts.defaults : asked.filter((name) => known.has(name))),
    "hs_object_id",
    facts.created,
    facts.stamp,
  ]);
  const properties = Object.fromEntries(
    [...names].map((name) => [name, propertyText(facts, object, object, name) ?? null]),
  );
  const { id, createdMs, modifiedMs, archivedMs } = object;
  return {
    id: String(id),
    properties,
    createdAt: stampText(createdMs),
    updatedAt: stampText(modifiedMs),
    archived: archivedMs !== undefined,
    ...(archivedMs === undefined ? {} : { archivedAt: stampText(archivedMs) }),
    url: `https://app.hubspot.com/contacts/62515/record/${facts.typeId}/${id}`,
  };
}
