import { type CrmWebhookRequest, SalesAgentError } from "@salesagent/ports";

/** HubSpot's ways to sign. Only v3 has a time. */
export type SignatureVersion = "v1" | "v2" | "v3";

/** By what a request is checked. */
export interface SignatureRules {
  /** Any of them may have signed. */
  readonly secrets: readonly string[];
  readonly signatures: readonly SignatureVersion[];
  readonly toleranceMs: number;
  readonly nowMs: number;
}

type Problem = "missing" | "malformed" | "mismatch" | "too-old" | "too-new";

/** @throws SalesAgentError `crm.webhook_refused` unless the request is HubSpot's own. */
export async function verifySignature(request: CrmWebhookRequest, rules: SignatureRules): Promise<void> {
  const { headers } = request;
  if (headers["x-hubspot-signature-v3"] !== undefined) {
    // Where there is a signature with a time, no weaker one counts.
    if (!rules.signatures.includes("v3")) throw refused("missing");
    return verifyV3(request, rules);
  }
  const signature = headers["x-hubspot-signature"];
  const version = (headers["x-hubspot-signature-version"] ?? "v1").toLowerCase();
  const accepted = rules.signatures.find((one) => one !== "v3" && one === version);
  if (signature === undefined || accepted === undefined) throw refused("missing");
  await verifyHash(request, signature, accepted === "v2", rules);
}

async function verifyV3(request: CrmWebhookRequest, rules: SignatureRules): Promise<void> {
  const { method, url, headers, rawBody } = request;
  const stamp = headers["x-hubspot-request-timestamp"];
  if (stamp === undefined) throw refused("missing");
  if (!/^\d{1,15}$/.test(stamp)) throw refused("malformed");
  const given = bytesOfBase64(headers["x-hubspot-signature-v3"] ?? "");
  if (given === undefined) throw refused("malformed");
  const message = joined(encode(method.toUpperCase() + decodedUri(url)), rawBody, encode(stamp));
  let matches = false;
  for (const secret of rules.secrets) {
    const key = await crypto.subtle.importKey(
      "raw",
      encode(secret),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"],
    );
    if (await crypto.subtle.verify("HMAC", key, given, message)) matches = true;
  }
  if (!matches) throw refused("mismatch");
  const ageMs = rules.nowMs - Number(stamp);
  if (ageMs > rules.toleranceMs) throw refused("too-old");
  if (ageMs < -rules.toleranceMs) throw refused("too-new");
}

async function verifyHash(
  { method, url, rawBody }: CrmWebhookRequest,
  signature: string,
  withUri: boolean,
  { secrets }: SignatureRules,
): Promise<void> {
  if (!/^[0-9a-f]{64}$/i.test(signature)) throw refused("malformed");
  const given = encode(signature.toLowerCase());
  let matches = false;
  for (const secret of secrets) {
    const head = encode(withUri ? secret + method.toUpperCase() + url : secret);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", joined(head, rawBody)));
    if (isEqual(given, encode(hexOf(digest)))) matches = true;
  }
  if (!matches) throw refused("mismatch");
}

const ADVICE: Readonly<Record<Problem, string>> = {
  missing: "it carries no signature that is accepted",
  malformed: "its signature is not in HubSpot's form",
  mismatch:
    "its signature is of another secret, address or body. Pass the raw body, and the address as HubSpot saw it",
  "too-old": "it was signed too long ago",
  "too-new": "it was signed in the future; check this machine's clock",
};

/** A request that is not proved to be HubSpot's. */
function refused(problem: Problem): SalesAgentError {
  return new SalesAgentError("crm.webhook_refused", {
    message: `hubspot: a request to the webhook is refused: ${ADVICE[problem]}.`,
    facts: { crm: "hubspot", problem },
    replay: "safe",
  });
}

const encoder = new TextEncoder();
const encode = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(encoder.encode(text));

/** HubSpot decodes these, and only these, before it signs. */
const DECODED: Readonly<Record<string, string>> = {
  "%3A": ":",
  "%2F": "/",
  "%3F": "?",
  "%40": "@",
  "%21": "!",
  "%24": "$",
  "%27": "'",
  "%28": "(",
  "%29": ")",
  "%2A": "*",
  "%2C": ",",
  "%3B": ";",
};

/** An address as HubSpot signs it. */
export function decodedUri(uri: string): string {
  return uri.replace(/%[0-9a-f]{2}/gi, (text) => DECODED[text.toUpperCase()] ?? text);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) return undefined;
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

const hexOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Takes as long whatever differs. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}
