import type { CallOptions } from "../call-options.js";
import type { JsonValue } from "../json.js";
import type { Page, PageRequest } from "./page.js";
import type { RecordKind } from "./record-store.js";

/** What both sides changed, each to something else. */
export interface ConflictRecord {
  /** Names the link, the field and the values: the same conflict has the same id. 1–400 characters, no person's data. */
  readonly id: string;
  readonly connection: string;
  readonly kind: RecordKind;
  readonly recordId: string;
  readonly crmId?: string;
  /** The field; `$record` where one side removed what the other changed. */
  readonly field: string;
  /** The policy that settled it, or that asks a person. */
  readonly policy: string;
  readonly base: JsonValue;
  readonly app: JsonValue;
  readonly crm: JsonValue;
  /** `open`: a person decides. `settled`: the policy took a side. `resolved`: a person did. `gone`: the sides agree by themselves. */
  readonly status: "open" | "settled" | "resolved" | "gone";
  /** Whose value was taken, once that is known. */
  readonly taken?: "app" | "crm" | "both" | "value";
  /** The value that a person gave instead of the two. */
  readonly value?: JsonValue;
  /** ISO 8601 in UTC. */
  readonly foundAt: string;
  readonly endedAt?: string;
  /** Who resolved it. */
  readonly endedBy?: string;
}

export interface ConflictFilter {
  readonly connection?: string | undefined;
  readonly kind?: RecordKind | undefined;
  readonly recordId?: string | undefined;
  readonly field?: string | undefined;
  readonly status?: ConflictRecord["status"] | undefined;
}

/** Conflicts of one tenant. */
export interface ConflictStore {
  readonly port: "conflict-store/1";
  /**
   * Adds those whose id is not there yet, in few statements however many they are.
   *
   * @returns The ids that were added.
   */
  addMany(conflicts: readonly ConflictRecord[], call?: CallOptions): Promise<readonly string[]>;
  get(id: string, call?: CallOptions): Promise<ConflictRecord | undefined>;
  /**
   * Ends open conflicts; who ends one first is kept.
   *
   * @returns The ids that this call ended.
   */
  endMany(
    ends: readonly {
      readonly id: string;
      readonly status: "resolved" | "gone";
      readonly taken?: ConflictRecord["taken"];
      readonly value?: JsonValue;
      readonly by?: string;
    }[],
    call?: CallOptions,
  ): Promise<readonly string[]>;
  /** Latest first. */
  list(filter?: ConflictFilter, page?: PageRequest, call?: CallOptions): Promise<Page<ConflictRecord>>;
  count(filter?: ConflictFilter, call?: CallOptions): Promise<number>;
}
