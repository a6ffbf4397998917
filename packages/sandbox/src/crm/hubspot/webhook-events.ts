import type { SeededIds, WebhookMessage } from "../shared/index.js";
import { factsOf } from "./object-types.js";
import type { WorldChange } from "./world-change.js";

/** One event of a webhook's body. */
export type HubspotEvent = Readonly<Record<string, string | number | boolean | readonly number[]>>;

/** The app that the webhooks belong to. */
export interface HubspotApp {
  readonly portalId: number;
  readonly appId: number;
}

/** What HubSpot tells of a change: one event a property, and never the record. */
export function eventsOf(change: WorldChange, app: HubspotApp, ids: SeededIds): HubspotEvent[] {
  const { singular, typeId, activity } = factsOf(change.type);
  const family = activity ? "object" : singular;
  const event = (name: string, more: HubspotEvent): HubspotEvent => ({
    // Not unique, as HubSpot warns.
    eventId: 100 + (ids.count("event") % 1000),
    subscriptionId: 12,
    ...app,
    occurredAt: change.atMs,
    subscriptionType: `${family}.${name}`,
    attemptNumber: 0,
    objectId: change.id,
    ...(activity ? { objectTypeId: typeId } : {}),
    changeSource: change.source,
    ...more,
  });
  switch (change.action) {
    case "created":
      return [event("creation", { changeFlag: "CREATED" }), ...propertyEvents(change.values, event)];
    case "updated":
      return propertyEvents(change.values, event);
    case "deleted":
      return [event("deletion", { changeFlag: "DELETED" })];
    case "restored":
      return [event("restore", {})];
    case "privacy-deleted":
      return [event("privacyDeletion", {})];
    case "merged":
      return [
        event("merge", {
          primaryObjectId: change.primaryId,
          mergedObjectIds: change.otherIds,
          newObjectId: change.id,
          numberOfPropertiesMoved: change.moved,
        }),
      ];
    case "associated":
      return [
        event("associationChange", {
          associationType: `${singular}_to_${factsOf(change.toType).singular}`.toUpperCase(),
          fromObjectId: change.id,
          toObjectId: change.toId,
          associationRemoved: change.removed,
          isPrimaryAssociation: false,
        }),
      ];
  }
}

const propertyEvents = (
  values: Readonly<Record<string, string>>,
  event: (name: string, more: HubspotEvent) => HubspotEvent,
) =>
  Object.entries(values).map(([propertyName, propertyValue]) =>
    event("propertyChange", { propertyName, propertyValue }),
  );

const encoder = new TextEncoder();

/** The headers that prove HubSpot to a receiver: v3, and v1 beside it. */
export async function signatureHeaders(
  secret: string,
  { method, url, body, atMs }: WebhookMessage,
): Promise<Record<string, string>> {
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signed = await crypto.subtle.sign(
    "HMAC",
    key,
    encoder.encode(`${method}${decodedUri(url)}${body}${atMs}`),
  );
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(secret + body));
  return {
    "x-hubspot-signature-v3": btoa(String.fromCharCode(...new Uint8Array(signed))),
    "x-hubspot-request-timestamp": String(atMs),
    "x-hubspot-signature": [...new Uint8Array(digest)]
      .map((byte) => byte.toString(16).padStart(2, "0"))
      .join(""),
    "x-hubspot-signature-version": "v1",
  };
}

const DECODED: Readonly<Record<string, string>> = {
  "%3A": ":",
  "%2F": "/",
  "%3F": "?",
  "%40": "@",
  "%21": "!",
  "%24": "$",
  "%27": "'",
  "%28": "(",
  "%29": ")",
  "%2A": "*",
  "%2C": ",",
  "%3B": ";",
};

const decodedUri = (uri: string) =>
  uri.replace(/%[0-9A-F]{2}/gi, (text) => DECODED[text.toUpperCase()] ?? text);
