import type { Clock } from "@salesagent/ports";

/** One delivery as it is signed. */
export interface WebhookMessage {
  readonly method: "POST";
  readonly url: string;
  readonly body: string;
  /** By the world's clock. */
  readonly atMs: number;
  /** 1 for the first try. */
  readonly attempt: number;
  /** The subscription, or whatever else the CRM queues by. */
  readonly queue: string;
}

/** How deliveries are made. */
export interface WebhookSenderOptions {
  readonly clock: Clock;
  /** The headers that prove the CRM to the receiver. */
  readonly sign: (message: WebhookMessage) => Promise<Readonly<Record<string, string>>>;
  /** In [0, 1). Decides repeats and the order. */
  readonly random: () => number;
  /** @defaultValue globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Share of deliveries that come twice, 0–1. @defaultValue 0 */
  readonly repeatShare?: number;
  /** Whether deliveries come in any order. @defaultValue false */
  readonly disordered?: boolean;
}

/** What a delivery came to; no status where the receiver wasn't reached. */
export interface WebhookDelivery {
  readonly message: WebhookMessage;
  readonly status?: number;
}

interface Waiting {
  readonly queue: string;
  readonly url: string;
  readonly body: string;
  attempts: number;
}

/** Holds what a CRM has to tell, and sends it when it's told to: signed, and where asked for repeated and out of order. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  #waiting: Waiting[] = [];

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  /** Puts something in line. */
  add(queue: string, url: string, body: string): void {
    this.#waiting.push({ queue, url, body, attempts: 0 });
  }

  /** How many wait, of one queue or of all. */
  backlog(queue?: string): number {
    if (queue === undefined) return this.#waiting.length;
    return this.#waiting.filter((item) => item.queue === queue).length;
  }

  /** Throws away what waits in a queue. */
  drop(queue: string): void {
    this.#waiting = this.#waiting.filter((item) => item.queue !== queue);
  }

  /** Sends all that waits, once each and some twice. What the receiver did not take with a 2xx waits for the next time. */
  async deliver(): Promise<readonly WebhookDelivery[]> {
    const { random, repeatShare = 0, disordered = false } = this.#options;
    const batch = this.#waiting;
    this.#waiting = [];
    const sends = batch.flatMap((item) => (random() < repeatShare ? [item, item] : [item]));
    if (disordered) shuffle(sends, random);
    const deliveries: WebhookDelivery[] = [];
    const taken = new Set<Waiting>();
    for (const item of sends) {
      const delivery = await this.#send(item);
      deliveries.push(delivery);
      if (delivery.status !== undefined && delivery.status >= 200 && delivery.status < 300) taken.add(item);
    }
    this.#waiting = [...batch.filter((item) => !taken.has(item)), ...this.#waiting];
    return deliveries;
  }

  async #send(item: Waiting): Promise<WebhookDelivery> {
    const { clock, sign, fetch = globalThis.fetch } = this.#options;
    item.attempts += 1;
    const { queue, url, body, attempts } = item;
    const message: WebhookMessage = {
      method: "POST",
      url,
      body,
      atMs: clock.now(),
      attempt: attempts,
      queue,
    };
    const headers = { "content-type": "application/json", ...(await sign(message)) };
    try {
      const response = await fetch(url, { method: "POST", headers, body });
      await response.body?.cancel();
      return { message, status: response.status };
    } catch {
      // the receiver can't be reached: that is an outcome, and the delivery waits
      return { message };
    }
  }
}

function shuffle<T>(items: T[], random: () => number): void {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    const [a, b] = [items[at], items[other]];
    if (a === undefined || b === undefined) continue;
    items[at] = b;
    items[other] = a;
  }
}
