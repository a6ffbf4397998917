/** The SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. */
export async function sha256(text: string): Promise<string> {
  return Array.from(await digest(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The SHA-256 of a text's UTF-8 bytes, as 43 characters of base64url. */
export async function sha256Base64Url(text: string): Promise<string> {
  const base64 = btoa(String.fromCharCode(...(await digest(text))));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** A longer text would hold up whatever else the process does. */
const MOST_AT_ONCE = 16_384;

/**
 * The platform hashes on another thread. To go there and back takes far longer than a short text does, which Node can hash here.
 */
async function digest(text: string): Promise<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const node = bytes.length <= MOST_AT_ONCE ? ofNode() : undefined;
  if (node) return node.createHash("sha256").update(bytes).digest();
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

interface NodeCrypto {
  createHash(name: "sha256"): { update(bytes: Uint8Array): { digest(): Uint8Array } };
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
