const NONCE_BYTES = 12;

/** How long an AES-256 key is. */
export const KEY_BYTES = 32;

/**
 * AES-256-GCM with a nonce of its own for each text: nonce, ciphertext, tag.
 *
 * @param context - Bound to the text: it opens with the same context only.
 * @remarks NIST SP 800-38D. A random nonce of 96 bits is safe for 2³² texts of one key; data keys here seal one text each.
 */
export async function seal(
  key: Uint8Array<ArrayBuffer>,
  text: Uint8Array<ArrayBuffer>,
  context: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: context },
    imported,
    text,
  );
  return concat([nonce, new Uint8Array(sealed)]);
}

/** @returns Nothing when the key or the context is another, or a byte was altered. */
export async function open(
  key: Uint8Array<ArrayBuffer>,
  sealed: Uint8Array<ArrayBuffer>,
  context: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const iv = sealed.slice(0, NONCE_BYTES);
  try {
    const text = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv, additionalData: context },
      imported,
      sealed.slice(NONCE_BYTES),
    );
    return new Uint8Array(text);
  } catch {
    // Web Crypto tells an altered text by an exception without a reason.
    return undefined;
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
