import { type CrmWebhookRequest, SalesAgentError } from "@salesagent/ports";
import type { CloseOptions, SignatureKeys } from "./close-options.js";

type Problem = "missing" | "malformed" | "mismatch" | "too-old" | "too-new" | "too-large";

const WHAT: Readonly<Record<Problem, string>> = {
  missing: "has no close-sig-hash or no close-sig-timestamp",
  malformed: "has a signature or a time that is none",
  mismatch: "is signed with another key, or was altered",
  "too-old": "is too old",
  "too-new": "is of the future",
  "too-large": "is too large",
};

/** What a check stands on. */
export interface SignatureCheck {
  readonly options: NonNullable<CloseOptions["webhook"]>;
  readonly nowMs: number;
}

/**
 * Checks that a request comes from Close: HMAC-SHA256 with the decoded key over the time's text and the raw body, with nothing
 * between, compared in constant time by the platform; and that its time is near ours, both ways.
 *
 * @throws SalesAgentError `crm.webhook_refused`.
 */
export async function checkSignature(
  request: CrmWebhookRequest,
  { options, nowMs }: SignatureCheck,
): Promise<void> {
  const { toleranceMs = 300_000, maxBodyBytes = 5 * 1024 * 1024 } = options;
  const { "close-sig-hash": hash, "close-sig-timestamp": timestamp } = request.headers;
  if (!hash || !timestamp) throw refused("missing");
  if (!/^[0-9a-f]{64}$/i.test(hash) || !/^\d{1,12}$/.test(timestamp)) throw refused("malformed");
  if (request.rawBody.byteLength > maxBodyBytes) throw refused("too-large");
  const message = joined(new TextEncoder().encode(timestamp), request.rawBody);
  const signature = bytesOfHex(hash);
  let isSigned = false;
  // every key is tried, so that the time taken says nothing of which one it was
  for (const key of await keysOf(options.signatureKeys)) {
    isSigned = (await verify(key, signature, message)) || isSigned;
  }
  if (!isSigned) throw refused("mismatch");
  const ageMs = nowMs - Number(timestamp) * 1000;
  if (ageMs > toleranceMs) throw refused("too-old");
  if (ageMs < -toleranceMs) throw refused("too-new");
}

async function keysOf(keys: SignatureKeys): Promise<readonly string[]> {
  const given = typeof keys === "function" ? await keys() : typeof keys === "string" ? [keys] : keys;
  for (const key of given) {
    if (!/^(?:[0-9a-f]{2})+$/i.test(key)) {
      throw new TypeError("close.webhook.signatureKeys must be in hexadecimal, as Close gave them");
    }
  }
  return given;
}

async function verify(
  keyHex: string,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytesOfHex(keyHex), algorithm, false, ["verify"]);
  return crypto.subtle.verify("HMAC", key, signature, message);
}

function bytesOfHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

/** A request that isn't let in. */
export function refused(problem: Problem): SalesAgentError<"crm.webhook_refused"> {
  return new SalesAgentError("crm.webhook_refused", {
    message: `A request to the webhook of Close ${WHAT[problem]}. It was not read.`,
    facts: { crm: "close", problem },
    replay: "safe",
  });
}
