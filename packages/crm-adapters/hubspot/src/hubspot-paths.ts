import { urlPath } from "@salesagent/core/http";
import type { ObjectType } from "./object-types.js";

/** The layouts of HubSpot's API. A dated one is good for 18 months. */
export type HubspotVersion = "2026-03" | "2026-09" | "v3";

/** Where each call lives. Nothing else knows the version. */
export interface HubspotPaths {
  readonly version: HubspotVersion;
  objects(type: ObjectType): string;
  object(type: ObjectType, id: string): string;
  batch(type: ObjectType, op: "read" | "create" | "update" | "archive"): string;
  search(type: ObjectType): string;
  associate(from: ObjectType, fromId: string, to: ObjectType, toId: string): string;
  associations(from: ObjectType, to: ObjectType, op: "read" | "associate/default"): string;
  properties(type: ObjectType): string;
  journal(call: string): string;
}

/** The dated layout that the journal has for a version, which v3 lacks. */
const JOURNAL_OF_V3 = "2026-03";

/** The paths of a version. */
export function hubspotPaths(version: HubspotVersion): HubspotPaths {
  const isOld = version === "v3";
  const objects = isOld ? "/crm/v3/objects" : `/crm/objects/${version}`;
  const ties = isOld ? "/crm/v4/objects" : objects;
  const associations = isOld ? "/crm/v4/associations" : `/crm/associations/${version}`;
  const properties = isOld ? "/crm/v3/properties" : `/crm/properties/${version}`;
  return {
    version,
    objects: (type) => `${objects}/${type}`,
    object: (type, id) => `${objects}/${type}${urlPath`/${id}`}`,
    batch: (type, op) => `${objects}/${type}/batch/${op}`,
    search: (type) => `${objects}/${type}/search`,
    associate: (from, fromId, to, toId) =>
      `${ties}/${from}${urlPath`/${fromId}`}/associations/default/${to}${urlPath`/${toId}`}`,
    associations: (from, to, op) => `${associations}/${from}/${to}/batch/${op}`,
    properties: (type) => `${properties}/${type}`,
    journal: (call) => `/webhooks-journal/journal/${isOld ? JOURNAL_OF_V3 : version}/${call}`,
  };
}
