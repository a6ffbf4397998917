import { type CallOptions, type KeyRing, SalesAgentError } from "@salesagent/ports";
import { createServiceClient, type Fetch, type Secret } from "../http/index.js";
import { fromBase64, toBase64 } from "../kernel/base64.js";

/** A key of a Vault or OpenBao server. */
export interface TransitKeysOptions {
  /** The server, such as `https://vault.internal:8200`. */
  readonly url: string;
  /** Name of a key of an authenticated kind, such as `aes256-gcm96` or `chacha20-poly1305`. */
  readonly key: string;
  /** The token, or what gives it when it is needed. */
  readonly token: Secret;
  /** Where the engine is mounted. @defaultValue "transit" */
  readonly mount?: string | undefined;
  readonly fetch?: Fetch | undefined;
}

interface TransitAnswer {
  readonly data?: { readonly ciphertext?: unknown; readonly plaintext?: unknown };
}

/**
 * A key ring over the transit engine of HashiCorp Vault or OpenBao: the key never leaves it.
 *
 * @remarks `POST /v1/{mount}/encrypt|decrypt/{key}` with `plaintext` and `associated_data` in base64; the ciphertext begins with
 * `vault:v{version}:`. Source: Vault's API documentation, "Transit secrets engine".
 */
export function transitKeys({ url, key, token, mount = "transit", fetch }: TransitKeysOptions): KeyRing {
  const client = createServiceClient({
    ...{ service: "vault", baseUrl: url, fetch },
    auth: { type: "header", name: "x-vault-token", value: token },
  });
  const ask = (
    operation: "encrypt" | "decrypt",
    body: Readonly<Record<string, string>>,
    call?: CallOptions,
  ) =>
    client.post<TransitAnswer>(`/v1/${mount}/${operation}/${encodeURIComponent(key)}`, {
      // Wrapping and unwrapping a key changes nothing on the server.
      ...{ json: body, replay: "safe" },
      ...(operation === "decrypt" ? { passStatuses: [400] } : {}),
      signal: call?.signal,
    });
  return {
    port: "key-ring/1",
    async wrap(dataKey, context, call) {
      const body = { plaintext: toBase64(dataKey), associated_data: toBase64(context) };
      const ciphertext = (await ask("encrypt", body, call)).body()?.data?.ciphertext;
      if (typeof ciphertext !== "string") throw malformed("ciphertext");
      const version = /^vault:(v\d+):/.exec(ciphertext)?.[1] ?? "v0";
      return { keyId: `${key}/${version}`, wrapped: new TextEncoder().encode(ciphertext) };
    },
    async unwrap({ keyId, wrapped }, context, call) {
      call?.signal?.throwIfAborted();
      if (keyId.slice(0, keyId.lastIndexOf("/")) !== key) return undefined;
      const ciphertext = new TextDecoder().decode(wrapped);
      const answer = await ask("decrypt", { ciphertext, associated_data: toBase64(context) }, call);
      // It can't be decrypted: altered, or of a version that is gone.
      if (answer.status === 400) return undefined;
      const plaintext = answer.body()?.data?.plaintext;
      const dataKey = typeof plaintext === "string" ? fromBase64(plaintext) : undefined;
      if (!dataKey) throw malformed("plaintext");
      return dataKey;
    },
  };
}

function malformed(field: string): SalesAgentError<"service.malformed_response"> {
  return new SalesAgentError("service.malformed_response", {
    message: `The key server's answer has no ${field}. Check its URL and the mount.`,
    facts: { service: "vault" },
    replay: "safe",
  });
}
