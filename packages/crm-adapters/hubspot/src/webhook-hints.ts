import { type CrmHint, SalesAgentError } from "@salesagent/ports";
import { type ObjectTypeFacts, toRecordId, typeOfId, typeOfSingular } from "./object-types.js";
import { type Fields, isFields, textOf, textsOf } from "./read-json.js";

/**
 * What the events of a webhook hint at, in the order of their times; one that comes twice in a body counts once.
 *
 * @param portalId - The account; events of others are passed over.
 * @throws SalesAgentError `crm.webhook_refused` for a body that is no list of events.
 */
export function webhookHints(body: unknown, portalId: number | undefined): readonly CrmHint[] {
  if (!Array.isArray(body)) throw malformedBody();
  const events = body.filter(isFields).filter((event) => isOfPortal(event, portalId));
  const ordered = [...events].sort((a, b) => Number(a["occurredAt"]) - Number(b["occurredAt"]));
  const hints = new Map<string, CrmHint>();
  for (const hint of ordered.flatMap(hintsOf)) hints.set(hint.key, hint);
  return [...hints.values()];
}

/** A body that is not what HubSpot sends. */
export function malformedBody(): SalesAgentError {
  return new SalesAgentError("crm.webhook_refused", {
    message: "hubspot: a request to the webhook is refused: its body is not a list of events.",
    facts: { crm: "hubspot", problem: "malformed" },
    replay: "safe",
  });
}

const isOfPortal = (event: Fields, portalId: number | undefined) =>
  portalId === undefined || textOf(event["portalId"]) === String(portalId);

const ACTIONS: Readonly<Record<string, CrmHint["action"]>> = {
  creation: "created",
  restore: "created",
  propertyChange: "updated",
  associationChange: "updated",
  deletion: "removed",
  privacyDeletion: "removed",
};

function hintsOf(event: Fields): readonly CrmHint[] {
  const [family = "", name = ""] = (textOf(event["subscriptionType"]) ?? "").split(".");
  const facts = family === "object" ? typeOfId(textOf(event["objectTypeId"]) ?? "") : typeOfSingular(family);
  if (facts === undefined) return [];
  if (name === "merge") return mergeHints(facts, event);
  const action = ACTIONS[name];
  const id = idOf(event["objectId"]) ?? idOf(event["fromObjectId"]);
  return action === undefined || id === undefined ? [] : [hintOf(facts, event, id, action)];
}

/** All that went into a record leads to it from now on; the record itself has changed. */
function mergeHints(facts: ObjectTypeFacts, event: Fields): readonly CrmHint[] {
  const survivor = idOf(event["newObjectId"]) ?? idOf(event["primaryObjectId"]) ?? idOf(event["objectId"]);
  if (survivor === undefined) return [];
  const merged = [event["primaryObjectId"], ...textsOf(event["mergedObjectIds"])].flatMap(
    (id) => idOf(id) ?? [],
  );
  const losers = [...new Set(merged)].filter((id) => id !== survivor);
  const mergedInto = toRecordId(facts.type, survivor);
  return [
    ...losers.map((id) => ({ ...hintOf(facts, event, id, "merged"), mergedInto })),
    hintOf(facts, event, survivor, "updated"),
  ];
}

function hintOf(facts: ObjectTypeFacts, event: Fields, id: string, action: CrmHint["action"]): CrmHint {
  const at = textOf(event["occurredAt"]);
  // HubSpot does not keep `eventId` unique: all of these together tell one event from another.
  const key = [event["portalId"], event["subscriptionType"], id, event["eventId"], at, event["propertyName"]]
    .map((part) => textOf(part) ?? "")
    .join("/");
  return {
    kind: facts.kind,
    id: toRecordId(facts.type, id),
    action,
    key,
    ...(at === undefined ? {} : { at }),
  };
}

function idOf(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && /^\d{1,19}$/.test(text) ? text : undefined;
}
