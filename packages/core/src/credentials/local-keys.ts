import type { KeyRing } from "@salesagent/ports";
import { fromBase64 } from "../kernel/base64.js";
import { KEY_BYTES, open, seal } from "./aes-gcm.js";

/** Keys that the host gives. */
export interface LocalKeysOptions {
  /** Name of the key that seals from now on; one of `keys`. */
  readonly current: string;
  /** Keys by name, each 32 bytes in base64, as of `openssl rand -base64 32`. Old ones open what they sealed. */
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * A key ring over keys that the host gives, from its environment or its secret store.
 *
 * @throws RangeError naming the option, never the key.
 * @example
 * ```ts
 * // Of `openssl rand -base64 32`, in your secret store.
 * const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
 * localKeys({ current: "2026-11", keys: { "2026-11": key } });
 * ```
 */
export function localKeys({ current, keys }: LocalKeysOptions): KeyRing {
  const raw = new Map(Object.entries(keys).map(([name, text]) => [name, checkedKey(name, text)]));
  const currentKey = raw.get(current);
  if (!currentKey)
    throw new RangeError(`localKeys: current names ${JSON.stringify(current)}, which is not among keys.`);
  return {
    port: "key-ring/1",
    async wrap(dataKey, context, call) {
      call?.signal?.throwIfAborted();
      return {
        keyId: current,
        wrapped: await seal(currentKey, Uint8Array.from(dataKey), Uint8Array.from(context)),
      };
    },
    async unwrap({ keyId, wrapped }, context, call) {
      call?.signal?.throwIfAborted();
      const key = raw.get(keyId);
      return key && open(key, Uint8Array.from(wrapped), Uint8Array.from(context));
    },
  };
}

function checkedKey(name: string, text: string): Uint8Array<ArrayBuffer> {
  const key = fromBase64(text);
  if (key?.length !== KEY_BYTES)
    throw new RangeError(
      `localKeys: keys[${JSON.stringify(name)}] is not ${KEY_BYTES} bytes in base64. Make one with \`openssl rand -base64 32\`.`,
    );
  if (name === "" || name.length > 200) throw new RangeError("localKeys: a key's name has 1–200 characters.");
  return key;
}
