/** The SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. */
export async function sha256(text: string): Promise<string> {
  const quick = quickly(text, "hex");
  if (quick !== undefined) return quick;
  return Array.from(await digest(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The SHA-256 of a text's UTF-8 bytes, as 43 characters of base64url. */
export async function sha256Base64Url(text: string): Promise<string> {
  const quick = quickly(text, "base64url");
  if (quick !== undefined) return quick;
  const base64 = btoa(String.fromCharCode(...(await digest(text))));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** A longer text would hold up whatever else the process does. */
const MOST_AT_ONCE = 16_384;

/**
 * The platform hashes on another thread. To go there and back takes far longer than a short text does, which Node can hash here.
 *
 * @returns Nothing where there is no such Node, or the text is long.
 */
function quickly(text: string, encoding: "hex" | "base64url"): string | undefined {
  return text.length > MOST_AT_ONCE ? undefined : ofNode()?.hash?.("sha256", text, encoding);
}

interface NodeCrypto {
  /** Since Node 20.12; other runtimes that have the module may lack it. */
  hash?(name: "sha256", text: string, encoding: "hex" | "base64url"): string;
}

let known: { readonly crypto: NodeCrypto | undefined } | undefined;

/** Asked for when it is needed: other runtimes have none, and bundles for them must not name it. */
function ofNode(): NodeCrypto | undefined {
  known ??= { crypto: builtin("crypto") };
  return known.crypto;
}

function builtin(name: string): NodeCrypto | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => NodeCrypto | undefined };
  };
  return process?.getBuiltinModule?.(`node:${name}`);
}
