import { HEX } from "../../seeded-id.js";
import { isRecord } from "../shared/json-answer.js";
import { type WebhookDelivery, type WebhookMessage, WebhookSender } from "../shared/webhook-sender.js";
import { microsOf } from "../shared/world-clock.js";
import type { CloseEvent } from "./close-events.js";
import { fieldRefusal, missing, plainRefusal } from "./close-refusal.js";
import type { CloseWorld } from "./close-world.js";

/** A subscription as Close holds it. */
export interface CloseSubscription {
  readonly id: string;
  readonly url: string;
  readonly events: readonly { readonly object_type: string; readonly action: string }[];
  readonly verify_ssl: boolean;
  readonly signature_key: string;
  readonly date_created: string;
  readonly status: "active" | "paused";
}

/** How deliveries go. */
export interface CloseWebhookOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly repeatShare?: number;
  readonly disordered?: boolean;
  /** Deliveries that wait when a subscription is paused and its queue cleared. @defaultValue 100_000 */
  readonly maxBacklog?: number;
}

const MOST_SUBSCRIPTIONS = 40;
const FAILURES_ALLOWED_MS = 3 * 86_400_000;

/** Webhook subscriptions and what they send. */
export class CloseWebhooks {
  readonly #world: CloseWorld;
  readonly #consolidationMs: number;
  readonly #maxBacklog: number;
  readonly #sender: WebhookSender;
  readonly #subscriptions = new Map<string, CloseSubscription>();
  readonly #waiting = new Map<string, Map<string, CloseEvent>>();
  readonly #failingSinceMs = new Map<string, number>();

  constructor(world: CloseWorld, consolidationMs: number, options: CloseWebhookOptions) {
    this.#world = world;
    this.#consolidationMs = consolidationMs;
    this.#maxBacklog = options.maxBacklog ?? 100_000;
    this.#sender = new WebhookSender({
      ...options,
      clock: { now: () => world.time.nowMs(), elapsed: () => world.time.nowMs(), schedule: noTimers },
      random: () => world.ids.random(),
      sign: (message) => this.#sign(message),
    });
  }

  get subscriptions(): readonly CloseSubscription[] {
    return [...this.#subscriptions.values()];
  }

  /** Puts an event in line for those who asked for it; a consolidated one takes the place of its former self. */
  tell(event: CloseEvent): void {
    for (const subscription of this.#subscriptions.values()) {
      const isAsked = subscription.events.some(
        ({ object_type: type, action }) => type === event.object_type && action === event.action,
      );
      if (!isAsked || subscription.status !== "active") continue;
      const waiting = this.#waiting.get(subscription.id) ?? new Map<string, CloseEvent>();
      waiting.set(event.id, event);
      this.#waiting.set(subscription.id, waiting);
      if (waiting.size + this.#sender.backlog(subscription.id) > this.#maxBacklog) this.#pause(subscription);
    }
  }

  /** Sends what is due: `updated` and `deleted` wait until nothing more can be consolidated into them. */
  async deliver(): Promise<readonly WebhookDelivery[]> {
    for (const [id, waiting] of this.#waiting) {
      const subscription = this.#subscriptions.get(id);
      for (const event of [...waiting.values()]) {
        if (!this.#isDue(event)) continue;
        waiting.delete(event.id);
        if (subscription === undefined) continue;
        this.#sender.add(id, subscription.url, JSON.stringify({ event, subscription_id: id }));
      }
    }
    const deliveries = await this.#sender.deliver();
    for (const { message, status } of deliveries) this.#judge(message.queue, status);
    return deliveries;
  }

  #isDue({ action, date_created: at }: CloseEvent): boolean {
    if (action !== "updated" && action !== "deleted") return true;
    return this.#world.time.nowMs() * 1000 - (microsOf(at) ?? 0) >= this.#consolidationMs * 1000;
  }

  /** Three days of nothing but failures pause a subscription. */
  #judge(id: string, status: number | undefined): void {
    const subscription = this.#subscriptions.get(id);
    const nowMs = this.#world.time.nowMs();
    if (status !== undefined && status < 300) {
      this.#failingSinceMs.delete(id);
      return;
    }
    const since = this.#failingSinceMs.get(id) ?? nowMs;
    this.#failingSinceMs.set(id, since);
    if (subscription !== undefined && nowMs - since >= FAILURES_ALLOWED_MS) this.#pause(subscription);
  }

  #pause(subscription: CloseSubscription): void {
    this.#subscriptions.set(subscription.id, { ...subscription, status: "paused" });
    this.#waiting.delete(subscription.id);
    this.#sender.drop(subscription.id);
    this.#failingSinceMs.delete(subscription.id);
  }

  async #sign({ body, atMs, queue }: WebhookMessage): Promise<Record<string, string>> {
    const key = this.#subscriptions.get(queue)?.signature_key ?? "";
    return signClose(key, body, atMs);
  }

  create(body: Readonly<Record<string, unknown>>): CloseSubscription {
    if (this.#subscriptions.size >= MOST_SUBSCRIPTIONS) {
      throw plainRefusal(`An organization can have at most ${MOST_SUBSCRIPTIONS} webhook subscriptions.`);
    }
    const { url, verify_ssl: verifySsl } = body;
    if (typeof url !== "string" || !URL.canParse(url)) throw fieldRefusal("url", "Invalid URL.");
    const subscription: CloseSubscription = {
      id: `whsub_${this.#world.ids.text(22)}`,
      url,
      events: readEvents(body["events"]),
      verify_ssl: verifySsl !== false,
      signature_key: this.#world.ids.text(64, HEX),
      date_created: this.#world.stamp(),
      status: "active",
    };
    this.#subscriptions.set(subscription.id, subscription);
    return subscription;
  }

  find(id: string): CloseSubscription {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) throw missing();
    return subscription;
  }

  update(id: string, body: Readonly<Record<string, unknown>>): CloseSubscription {
    const subscription = this.find(id);
    const { status, url, events } = body;
    if (status !== undefined && status !== "active" && status !== "paused") {
      throw fieldRefusal("status", "Must be active or paused.");
    }
    const changed: CloseSubscription = {
      ...subscription,
      status: status ?? subscription.status,
      url: typeof url === "string" ? url : subscription.url,
      events: events === undefined ? subscription.events : readEvents(events),
    };
    if (status === "paused") this.#pause(changed);
    else this.#subscriptions.set(id, changed);
    return this.find(id);
  }

  remove(id: string): void {
    this.find(id);
    this.#subscriptions.delete(id);
    this.#waiting.delete(id);
    this.#sender.drop(id);
  }
}

function readEvents(value: unknown): CloseSubscription["events"] {
  if (!Array.isArray(value) || value.length === 0) throw fieldRefusal("events", "Expected a list.");
  return value.map((event: unknown) => {
    const { object_type: type, action } = isRecord(event) ? event : {};
    if (typeof type !== "string" || typeof action !== "string")
      throw fieldRefusal("events", "Invalid event.");
    return { ...(event as object), object_type: type, action };
  });
}

const noTimers = () => ({ cancel: () => {} });

/** Close's two headers: HMAC-SHA256 by the decoded key over the time's text and the body, with nothing between. */
export async function signClose(keyHex: string, body: string, atMs: number): Promise<Record<string, string>> {
  const bytes = Uint8Array.from(keyHex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const timestamp = String(Math.floor(atMs / 1000));
  const hash = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(timestamp + body));
  return {
    "close-sig-timestamp": timestamp,
    "close-sig-hash": Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}
