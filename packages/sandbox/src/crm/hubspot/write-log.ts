import type { HubspotType } from "./object-types.js";

/** A write that came by the API and was not turned away for who sent it or how often. A batch counts once a row. */
export interface HubspotWrite {
  readonly op: "create" | "update" | "remove";
  readonly type: HubspotType;
  /** Names of the properties that were sent. */
  readonly sent: readonly string[];
}

/** The writes so far. */
export class WriteLog {
  readonly writes: HubspotWrite[] = [];

  add(op: HubspotWrite["op"], type: HubspotType, sent: readonly string[]): void {
    this.writes.push({ op, type, sent });
  }
}
