import type { CrmHint, CrmKind } from "@salesagent/ports";
import { mergeTarget } from "./event-feed.js";
import { isRecord, type JsonRecord, recordOf, textOf } from "./json-record.js";
import { refused } from "./webhook-signature.js";

const KINDS: Readonly<Record<string, CrmKind>> = { contact: "contact", lead: "company", opportunity: "deal" };

/** Activities come as `activity.note` or, in older events, as `note`. */
const ACTIVITIES = /^(?:activity\.)?(?:note|call|email)$|^task(?:\.|$)/;

function kindOf(type: string): CrmKind | undefined {
  return KINDS[type] ?? (ACTIVITIES.test(type) ? "activity" : undefined);
}

const ACTIONS: Readonly<Record<string, CrmHint["action"]>> = {
  created: "created",
  deleted: "removed",
  merged: "merged",
};

/**
 * What a delivery of Close's hints at; nothing for objects that aren't kept in step.
 *
 * @throws SalesAgentError `crm.webhook_refused` for a body that is no event.
 */
export function readHints(rawBody: Uint8Array): readonly CrmHint[] {
  const event = recordOf(parsed(rawBody)["event"]);
  const kind = kindOf(String(event["object_type"]));
  const [objectId, eventId] = [textOf(event["object_id"]), textOf(event["id"])];
  if (objectId === undefined || eventId === undefined) throw refused("malformed");
  return kind === undefined ? [] : [hintOf(event, kind, objectId, eventId)];
}

function hintOf(event: JsonRecord, kind: CrmKind, objectId: string, eventId: string): CrmHint {
  const at = textOf(event["date_updated"]);
  // a merge names the lead that stands; what has to be looked at is the one that went
  const source = textOf(recordOf(event["meta"])["merge_source_lead_id"]);
  const isMerge = source !== undefined && (event["action"] === "merged" || source === objectId);
  const id = isMerge ? source : objectId;
  const mergedInto = isMerge ? mergeTarget(event, source) : undefined;
  return {
    kind,
    id,
    action: isMerge ? "merged" : (ACTIONS[String(event["action"])] ?? "updated"),
    // an event is consolidated under one id: each state of it is a hint of its own
    key: `${eventId}/${at ?? ""}`,
    ...(at === undefined ? {} : { at }),
    ...(mergedInto === undefined ? {} : { mergedInto }),
  };
}

function parsed(rawBody: Uint8Array): JsonRecord {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(rawBody));
    if (isRecord(value)) return value;
  } catch {
    // what is no JSON in UTF-8 is refused below
  }
  throw refused("malformed");
}
