import type { CallOptions, JsonValue, RunRecord, TenantStores } from "@salesagent/ports";
import type { EffectScope } from "../effects/index.js";

/** How work is handed over on a queue. */
export interface QueuedHandoffOptions extends CallOptions {
  /** Higher ones first. @defaultValue 0 */
  readonly priority?: number | undefined;
  /** Milliseconds before it may begin, up to ten years. @defaultValue 0 */
  readonly delayMs?: number | undefined;
  /**
   * While work of this key waits in the queue or runs, for this tenant, more of it is not taken in. Work that is put off, such as for a
   * person, does not hold it: what has to be one thing for ever has a `scope`. @defaultValue none
   */
  readonly key?: string | undefined;
  /** The stored lead that the work is about. @defaultValue that of the run which hands over */
  readonly leadId?: string | undefined;
  /** The campaign that the work is for. @defaultValue that of the run which hands over */
  readonly campaignId?: string | undefined;
  /** The conversation that it belongs to. @defaultValue that of the run which hands over */
  readonly threadId?: string | undefined;
  /** Stores of a transaction: the work is handed over only when the transaction stands. */
  readonly in?: TenantStores | undefined;
}

/** Who hands work over. */
export interface HandoffSender {
  readonly agent: string;
  /** The run in which it does. */
  readonly runId?: string | undefined;
  /** The agents that the work went through before, first one first. @defaultValue what is on record of the run */
  readonly path?: readonly string[] | undefined;
}

/** All that a handoff is told besides the work. */
export interface HandoffRequest extends QueuedHandoffOptions {
  readonly tenant: string;
  /** @defaultValue nobody: the host itself */
  readonly from?: HandoffSender | undefined;
  /**
   * Names the place in work that may be begun again: the same scope is the same handoff, which is done once.
   *
   * @defaultValue each call is a handoff of its own
   */
  readonly scope?: EffectScope | undefined;
  /** The span that it belongs to, as W3C Trace Context names it. */
  readonly traceparent?: string | undefined;
  /** A durable run of a graph, of the same tenant and storage, that is told of the end by the event `handoff:<runId>`. */
  readonly waiter?: string | undefined;
}

/** What handed-over work is found by. It opens nothing by itself: whoever asks names a tenant too. */
export interface HandoffTicket {
  /** The run that stands for the work, in the run store of its tenant. */
  readonly runId: string;
  readonly agent: string;
}

/** Where work for other agents goes; `createHandoffs` of `@salesagent/core/handoff` makes one. */
export interface HandoffQueue {
  /** @returns Nothing when work of the same `key` waits or runs. */
  to(agent: string, payload: JsonValue, request: HandoffRequest): Promise<HandoffTicket | undefined>;
  /**
   * How it stands: what a graph that waits believes, whatever the event says that wakes it.
   *
   * @returns Nothing when this tenant has no such handoff.
   */
  status(
    runId: string,
    scope: CallOptions & { readonly tenant: string },
  ): Promise<Pick<RunRecord, "status" | "output" | "error"> | undefined>;
}
