import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** A transit engine in memory, with one key of several versions. */
export class FakeTransit {
  readonly url = "https://vault.example";
  readonly token = "hvs.planted";
  readonly requests: { readonly path: string; readonly body: Readonly<Record<string, string>> }[] = [];
  /** Answers each request with this status instead, where it is set. */
  failWith: number | undefined;
  readonly #versions: Buffer[] = [randomBytes(32)];

  rotate(): void {
    this.#versions.push(randomBytes(32));
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    init?.signal?.throwIfAborted();
    const { pathname } = new URL(String(input));
    const body: Record<string, string> = JSON.parse(String(init?.body));
    this.requests.push({ path: pathname, body });
    if (this.failWith) return Response.json({ errors: ["no"] }, { status: this.failWith });
    if (new Headers(init?.headers).get("x-vault-token") !== this.token)
      return Response.json({ errors: ["permission denied"] }, { status: 403 });
    return pathname.startsWith("/v1/transit/encrypt/") ? this.#encrypt(body) : this.#decrypt(body);
  };

  #encrypt({ plaintext = "", associated_data = "" }: Readonly<Record<string, string>>): Response {
    const nonce = randomBytes(12);
    const version = this.#versions.length;
    const cipher = createCipheriv("aes-256-gcm", this.#keyOf(version), nonce);
    cipher.setAAD(Buffer.from(associated_data, "base64"));
    const text = Buffer.concat([cipher.update(Buffer.from(plaintext, "base64")), cipher.final()]);
    const sealed = Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64");
    return Response.json({ data: { ciphertext: `vault:v${version}:${sealed}`, key_version: version } });
  }

  #decrypt({ ciphertext = "", associated_data = "" }: Readonly<Record<string, string>>): Response {
    const [, version = "", sealed = ""] = /^vault:v(\d+):(.*)$/.exec(ciphertext) ?? [];
    const bytes = Buffer.from(sealed, "base64");
    try {
      const cipher = createDecipheriv("aes-256-gcm", this.#keyOf(Number(version)), bytes.subarray(0, 12));
      cipher.setAAD(Buffer.from(associated_data, "base64")).setAuthTag(bytes.subarray(12, 28));
      const text = Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]);
      return Response.json({ data: { plaintext: text.toString("base64") } });
    } catch {
      return Response.json({ errors: ["invalid ciphertext: unable to decrypt"] }, { status: 400 });
    }
  }

  #keyOf(version: number): Buffer {
    const key = this.#versions[version - 1];
    if (!key) throw new Error("no such version");
    return key;
  }
}
