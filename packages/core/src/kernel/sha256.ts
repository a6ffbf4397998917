/** The SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. */
export async function sha256(text: string): Promise<string> {
  return Array.from(await digest(text), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The SHA-256 of a text's UTF-8 bytes, as 43 characters of base64url. */
export async function sha256Base64Url(text: string): Promise<string> {
  const base64 = btoa(String.fromCharCode(...(await digest(text))));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
