import type { Clock, CrmHint, CrmKind, CrmWebhookRequest } from "@salesagent/ports";
import type { CrmWorldEvent, CrmWorldSigning } from "../crm-world.js";
import type { DoubleErrors } from "./double-errors.js";

const TOLERANCE_MS = 300_000;
const TIME_HEADER = "x-double-time";
const SIGNATURE_HEADER = "x-double-signature";

/** Signs webhooks as the double's CRM does, and checks them as its adapter does. */
export class DoubleWebhooks {
  readonly #clock: Clock;
  readonly #errors: DoubleErrors;
  readonly #secret: string;
  #sent = 0;

  constructor(clock: Clock, errors: DoubleErrors, secret: string) {
    this.#clock = clock;
    this.#errors = errors;
    this.#secret = secret;
  }

  async sign(event: CrmWorldEvent, signing: CrmWorldSigning = {}): Promise<CrmWebhookRequest> {
    this.#sent += 1;
    const time = String(this.#clock.now() + (signing.offsetMs ?? 0));
    const body = { event: `ev-${this.#sent}`, ...event, at: new Date(Number(time)).toISOString(), by: "Zoë" };
    const rawBody = new TextEncoder().encode(JSON.stringify(body));
    const secret = signing.wrongSecret === true ? `not-${this.#secret}` : this.#secret;
    const signature = new Uint8Array(
      await crypto.subtle.sign("HMAC", await keyOf(secret), messageOf(time, rawBody)),
    );
    return {
      method: "POST",
      url: "https://app.test/webhooks/double",
      headers: {
        "content-type": "application/json",
        [TIME_HEADER]: time,
        [SIGNATURE_HEADER]: toHex(signature),
      },
      rawBody,
    };
  }

  /** @throws `crm.webhook_refused` */
  async verify({ headers, rawBody }: CrmWebhookRequest): Promise<readonly CrmHint[]> {
    const [time, signature] = [headers[TIME_HEADER], headers[SIGNATURE_HEADER]];
    if (time === undefined || signature === undefined) throw this.#errors.webhook("missing");
    if (!/^\d+$/.test(time) || !/^[\da-f]{64}$/.test(signature)) throw this.#errors.webhook("malformed");
    const proof = fromHex(signature);
    const sound = await crypto.subtle.verify(
      "HMAC",
      await keyOf(this.#secret),
      proof,
      messageOf(time, rawBody),
    );
    if (!sound) throw this.#errors.webhook("mismatch");
    const ageMs = this.#clock.now() - Number(time);
    if (ageMs > TOLERANCE_MS) throw this.#errors.webhook("too-old");
    if (ageMs < -TOLERANCE_MS) throw this.#errors.webhook("too-new");
    return [hintOf(new TextDecoder().decode(rawBody))];
  }
}

function hintOf(body: string): CrmHint {
  const { event, kind, id, action, at } = JSON.parse(body) as {
    event: string;
    kind: CrmKind;
    id: string;
    action: CrmHint["action"];
    at: string;
  };
  return { kind, id, action, key: event, at };
}

function keyOf(secret: string) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, [
    "sign",
    "verify",
  ]);
}

function messageOf(time: string, rawBody: Uint8Array): Uint8Array<ArrayBuffer> {
  const prefix = new TextEncoder().encode(`${time}.`);
  const message = new Uint8Array(prefix.length + rawBody.length);
  message.set(prefix);
  message.set(rawBody, prefix.length);
  return message;
}

const toHex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const fromHex = (text: string) =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
