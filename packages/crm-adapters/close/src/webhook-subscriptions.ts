import { urlPath } from "@salesagent/core/http";
import type { CrmCallOptions, CrmKind } from "@salesagent/ports";
import type { CloseApi } from "./close-api.js";
import { crmError } from "./close-errors.js";
import { type JsonRecord, textOf } from "./json-record.js";

/** A subscription of Close's. */
export interface CloseSubscription {
  readonly id: string;
  readonly url: string;
  /** Close pauses one by itself after 100,000 events in line or three days of failures, and forgets what waits. */
  readonly status: "active" | "paused";
  /** In hexadecimal; told only when it is made, so keep it with your secrets. */
  readonly signatureKey?: string;
}

/** What a subscription is to tell. */
export interface CloseSubscriptionRequest {
  /** Where Close posts to. */
  readonly url: string;
  /** @defaultValue contact, company and deal */
  readonly kinds?: readonly CrmKind[];
  /** Whether Close checks the certificate. @defaultValue true */
  readonly verifySsl?: boolean;
}

const EVENTS: Readonly<
  Record<CrmKind, readonly { readonly object_type: string; readonly action: string }[]>
> = {
  contact: events("contact"),
  company: [...events("lead"), { object_type: "lead", action: "merged" }],
  deal: events("opportunity"),
  activity: ["task.lead", "activity.note", "activity.call", "activity.email"].flatMap(events),
};

function events(type: string) {
  return ["created", "updated", "deleted"].map((action) => ({ object_type: type, action }));
}

/** Webhook subscriptions of the organisation, of which Close allows 40. */
export class CloseSubscriptions {
  readonly #api: CloseApi;

  constructor(api: CloseApi) {
    this.#api = api;
  }

  /** Makes one; its `signatureKey` comes only now. */
  async create(request: CloseSubscriptionRequest, call?: CrmCallOptions): Promise<CloseSubscription> {
    const { url, kinds = ["contact", "company", "deal"], verifySsl = true } = request;
    const body = { url, verify_ssl: verifySsl, events: kinds.flatMap((kind) => EVENTS[kind]) };
    return fromSubscription(await this.#api.create("/webhook/", body, call));
  }

  async list(call?: CrmCallOptions): Promise<readonly CloseSubscription[]> {
    const found: CloseSubscription[] = [];
    for (let hasMore = true; hasMore; ) {
      const page = await this.#api.list("/webhook/", { _limit: 100, _skip: found.length }, call);
      found.push(...page.rows.map(fromSubscription));
      hasMore = page.hasMore && page.rows.length > 0;
    }
    return found;
  }

  /** Undefined for one that isn't there. */
  async get(id: string, call?: CrmCallOptions): Promise<CloseSubscription | undefined> {
    const doc = await this.#api.find(urlPath`/webhook/${id}/`, {}, call);
    return doc === undefined ? undefined : fromSubscription(doc);
  }

  /**
   * Starts a paused one again. What happened meanwhile is not sent: read the changes since.
   *
   * @throws SalesAgentError `crm.unsupported` for one that isn't there.
   */
  async reactivate(id: string, call?: CrmCallOptions): Promise<CloseSubscription> {
    const doc = await this.#api.patch(urlPath`/webhook/${id}/`, { status: "active" }, call);
    if (doc !== undefined) return fromSubscription(doc);
    throw crmError("crm.unsupported", {
      message: `Close has no webhook subscription ${id}: it was removed. Make a new one.`,
      facts: { operation: "webhooks.reactivate" },
    });
  }

  /** One that is gone already is well. */
  async remove(id: string, call?: CrmCallOptions): Promise<void> {
    await this.#api.remove(urlPath`/webhook/${id}/`, call);
  }
}

function fromSubscription(doc: JsonRecord): CloseSubscription {
  const signatureKey = textOf(doc["signature_key"]);
  return {
    id: String(doc["id"]),
    url: String(doc["url"]),
    status: doc["status"] === "paused" ? "paused" : "active",
    ...(signatureKey === undefined ? {} : { signatureKey }),
  };
}
