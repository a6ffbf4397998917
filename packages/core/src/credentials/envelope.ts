import type { CallOptions, KeyRing } from "@salesagent/ports";
import { fromBase64, toBase64 } from "../kernel/base64.js";
import { concat, KEY_BYTES, open, seal } from "./aes-gcm.js";

/** What an envelope belongs to; one that is moved to another place does not open. */
export interface EnvelopePlace {
  readonly tenant: string;
  readonly platform: string;
  readonly account: string;
}

/** A text under a data key of its own, beside that key, which the ring wrapped. */
export interface Envelope {
  readonly keyId: string;
  /** Base64 of: version 1 (a byte), length of the wrapped key (two bytes, big end first), wrapped key, sealed text. */
  readonly sealed: string;
}

const VERSION = 1;
const HEADER_BYTES = 3;
const MAX_WRAPPED_BYTES = 0xffff;

/** Seals a text for one place: AES-256-GCM under a new data key. */
export async function sealEnvelope(
  ring: KeyRing,
  place: EnvelopePlace,
  text: string,
  call?: CallOptions,
): Promise<Envelope> {
  const context = contextOf(place);
  const dataKey = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const { keyId, wrapped } = await ring.wrap(dataKey, context, call);
  return { keyId, sealed: pack(wrapped, await seal(dataKey, new TextEncoder().encode(text), context)) };
}

/** @returns Nothing when it can't be opened: an unknown key, another place, altered bytes. */
export async function openEnvelope(
  ring: KeyRing,
  place: EnvelopePlace,
  { keyId, sealed }: Envelope,
  call?: CallOptions,
): Promise<string | undefined> {
  const parts = unpack(sealed);
  if (!parts) return undefined;
  const context = contextOf(place);
  const dataKey = await ring.unwrap({ keyId, wrapped: parts.wrapped }, context, call);
  const text = dataKey && (await open(Uint8Array.from(dataKey), parts.text, context));
  return text && new TextDecoder().decode(text);
}

/** The same text under the ring's current key: only the data key is wrapped anew. Nothing where it can't be opened. */
export async function rewrapEnvelope(
  ring: KeyRing,
  place: EnvelopePlace,
  { keyId, sealed }: Envelope,
  call?: CallOptions,
): Promise<Envelope | undefined> {
  const parts = unpack(sealed);
  if (!parts) return undefined;
  const context = contextOf(place);
  const dataKey = await ring.unwrap({ keyId, wrapped: parts.wrapped }, context, call);
  if (!dataKey) return undefined;
  const next = await ring.wrap(dataKey, context, call);
  return { keyId: next.keyId, sealed: pack(next.wrapped, parts.text) };
}

function pack(wrapped: Uint8Array, text: Uint8Array): string {
  if (wrapped.length > MAX_WRAPPED_BYTES)
    throw new RangeError("A key ring wraps a data key in at most 65,535 bytes.");
  return toBase64(
    concat([Uint8Array.of(VERSION, wrapped.length >> 8, wrapped.length & 0xff), wrapped, text]),
  );
}

function unpack(sealed: string): { wrapped: Uint8Array; text: Uint8Array<ArrayBuffer> } | undefined {
  const bytes = fromBase64(sealed);
  if (bytes?.[0] !== VERSION) return undefined;
  const end = HEADER_BYTES + (bytes[1] ?? 0) * 256 + (bytes[2] ?? 0);
  return end < bytes.length ? { wrapped: bytes.slice(HEADER_BYTES, end), text: bytes.slice(end) } : undefined;
}

/** As JSON, so that no two places have one context. */
function contextOf({ tenant, platform, account }: EnvelopePlace): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(["salesagent/credential/1", tenant, platform, account]));
}
