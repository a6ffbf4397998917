import type { HubspotType } from "./object-types.js";

/** What happened in the world, for webhooks and the journal. */
export type WorldChange = {
  readonly type: HubspotType;
  readonly id: number;
  readonly atMs: number;
  /** Who did it. */
  readonly source: "CRM_UI" | "INTEGRATION";
} & (
  | { readonly action: "created" | "updated"; readonly values: Readonly<Record<string, string>> }
  | { readonly action: "deleted" | "restored" | "privacy-deleted" }
  | {
      readonly action: "merged";
      readonly primaryId: number;
      readonly otherIds: readonly number[];
      readonly moved: number;
    }
  | {
      readonly action: "associated";
      readonly toType: HubspotType;
      readonly toId: number;
      readonly removed: boolean;
    }
);
