import type { CallOptions } from "../call-options.js";
import type { JsonObject } from "../json.js";
import type { Page, PageRequest } from "./page.js";

/** One version of a workflow's definition. It never changes. */
export interface WorkflowRecord {
  /** 1–400 characters each. */
  readonly name: string;
  readonly version: string;
  readonly definition: JsonObject;
  /** Whether new runs begin with it. One version of a name at most is. */
  readonly active: boolean;
  /** Who put it there, such as `user:42`. */
  readonly createdBy?: string;
  readonly note?: string;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
}

/** The workflows of one tenant, in all their versions. */
export interface WorkflowStore {
  readonly port: "workflow-store/1";
  /**
   * Adds a version; the first of a name is active.
   *
   * @returns False when this version stands already with an equal definition, in whatever order its properties are; nothing
   * changes then, neither who put it there nor the note.
   * @throws `store.invalid` when it stands with another one: versions never change.
   */
  add(workflow: Omit<WorkflowRecord, "active" | "createdAt">, call?: CallOptions): Promise<boolean>;
  /** @param version - @defaultValue the active one */
  get(name: string, version?: string, call?: CallOptions): Promise<WorkflowRecord | undefined>;
  /** Lets new runs begin with this version; also to go back to an older one. @returns False when it is not there. */
  activate(name: string, version: string, call?: CallOptions): Promise<boolean>;
  /** Latest creation first; of equal ones, the one added last. */
  list(
    filter?: { readonly name?: string | undefined; readonly active?: boolean | undefined },
    page?: PageRequest,
    call?: CallOptions,
  ): Promise<Page<WorkflowRecord>>;
}
