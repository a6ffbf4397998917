import { SalesAgentError } from "@salesagent/ports";
import { fromBase64, toBase64 } from "../kernel/base64.js";

/** A key, taken apart. */
export interface KeyParts {
  readonly tenant: string;
  readonly id: string;
  readonly secret: string;
}

/** Tells a key of ours from other secrets, for people and for scanners of leaked secrets. */
const PREFIX = "sak_";
const SECRET_BYTES = 32;
/** `sak_<tenant>.<id>.<secret>`: a tenant's id takes 4 bytes a character at most. */
const KEY = /^sak_([A-Za-z0-9_-]{2,1100})\.([A-Za-z0-9_-]{1,100})\.([A-Za-z0-9_-]{43})$/;

export type AccessProblem = "missing" | "malformed" | "unknown" | "expired" | "revoked";

/** @param random - Fills bytes that nobody can guess. */
export function createSecret(random: (bytes: Uint8Array<ArrayBuffer>) => void): string {
  const bytes = new Uint8Array(SECRET_BYTES);
  random(bytes);
  return toBase64Url(bytes);
}

export function toKeyText({ tenant, id, secret }: KeyParts): string {
  return `${PREFIX}${toBase64Url(new TextEncoder().encode(tenant))}.${id}.${secret}`;
}

/** @throws `access.unauthenticated` for what is no key. */
export function fromKeyText(text: string): KeyParts {
  const [, tenantText, id, secret] = KEY.exec(text) ?? [];
  const tenant = tenantText === undefined ? undefined : fromBase64Url(tenantText);
  if (tenant === undefined || id === undefined || secret === undefined) throw refusedKey("malformed");
  return { tenant, id, secret };
}

/** The key itself is never part of it. */
export function refusedKey(problem: AccessProblem): SalesAgentError<"access.unauthenticated"> {
  return new SalesAgentError("access.unauthenticated", {
    message: `The API key is ${problem}. Make a new one.`,
    facts: { problem },
    replay: "safe",
  });
}

function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @returns Nothing for what is not the UTF-8 of a text. */
function fromBase64Url(text: string): string | undefined {
  const bytes = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
  if (bytes === undefined) return undefined;
  try {
    const decoded = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    // One tenant has one text: another spelling of the same bytes is no key.
    return toBase64Url(new TextEncoder().encode(decoded)) === text ? decoded : undefined;
  } catch {
    return undefined;
  }
}
