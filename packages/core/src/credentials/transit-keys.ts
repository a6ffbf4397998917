import { type CallOptions, type KeyRing, SalesAgentError } from "@salesagent/ports";
import { fromBase64, toBase64 } from "./base64.js";

/** A key of a Vault or OpenBao server. */
export interface TransitKeysOptions {
  /** The server, such as `https://vault.internal:8200`. */
  readonly url: string;
  /** Name of a key of an authenticated kind, such as `aes256-gcm96` or `chacha20-poly1305`. */
  readonly key: string;
  /** The token, or what gives it when it is needed. */
  readonly token: string | (() => string | Promise<string>);
  /** Where the engine is mounted. @defaultValue "transit" */
  readonly mount?: string | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const REQUEST_TIMEOUT_MS = 10_000;

/**
 * A key ring over the transit engine of HashiCorp Vault or OpenBao: the key never leaves it.
 *
 * @remarks `POST /v1/{mount}/encrypt|decrypt/{key}` with `plaintext` and `associated_data` in base64; the ciphertext begins with
 * `vault:v{version}:`. Source: Vault's API documentation, "Transit secrets engine".
 */
export function transitKeys(options: TransitKeysOptions): KeyRing {
  const { key } = options;
  return {
    port: "key-ring/1",
    async wrap(dataKey, context, call) {
      const told = await ask(
        options,
        "encrypt",
        { plaintext: toBase64(dataKey), associated_data: toBase64(context) },
        call,
      );
      const ciphertext = told.data?.ciphertext;
      if (typeof ciphertext !== "string") throw malformed("no ciphertext");
      const version = /^vault:(v\d+):/.exec(ciphertext)?.[1] ?? "v0";
      return { keyId: `${key}/${version}`, wrapped: new TextEncoder().encode(ciphertext) };
    },
    async unwrap({ keyId, wrapped }, context, call) {
      if (keyId.slice(0, keyId.lastIndexOf("/")) !== key) return undefined;
      const ciphertext = new TextDecoder().decode(wrapped);
      const told = await ask(options, "decrypt", { ciphertext, associated_data: toBase64(context) }, call);
      if (told.refused) return undefined;
      const plaintext = told.data?.plaintext;
      const dataKey = typeof plaintext === "string" ? fromBase64(plaintext) : undefined;
      if (!dataKey) throw malformed("no plaintext");
      return dataKey;
    },
  };
}

interface TransitAnswer {
  /** The engine can't decrypt it: altered, or of a key that is gone. */
  readonly refused?: boolean;
  readonly data?: { readonly ciphertext?: unknown; readonly plaintext?: unknown };
}

async function ask(
  { url, key, token, mount = "transit", fetch = globalThis.fetch }: TransitKeysOptions,
  operation: "encrypt" | "decrypt",
  body: Readonly<Record<string, string>>,
  call: CallOptions | undefined,
): Promise<TransitAnswer> {
  call?.signal?.throwIfAborted();
  const limit = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(new URL(`/v1/${mount}/${operation}/${encodeURIComponent(key)}`, url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-vault-token": typeof token === "string" ? token : await token(),
      },
      body: JSON.stringify(body),
      redirect: "error",
      signal: call?.signal ? AbortSignal.any([call.signal, limit]) : limit,
    });
  } catch (error) {
    call?.signal?.throwIfAborted();
    throw failure(
      "service.unavailable",
      `The keys of ${new URL(url).host} can't be reached.`,
      undefined,
      error,
    );
  }
  return readAnswer(response, operation);
}

async function readAnswer(response: Response, operation: "encrypt" | "decrypt"): Promise<TransitAnswer> {
  const { status } = response;
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && typeof body === "object" && body !== null && "data" in body)
    return body as TransitAnswer;
  if (operation === "decrypt" && status === 400) return { refused: true };
  if (status === 401 || status === 403)
    throw failure(
      "service.auth",
      "The key server refuses the token, or the token may not use this key.",
      status,
    );
  if (status === 429)
    throw failure("service.rate_limited", "The key server takes no more requests for now.", status);
  if (status >= 500) throw failure("service.unavailable", "The key server failed or is sealed.", status);
  if (response.ok) throw malformed("no data");
  throw failure(
    "service.refused",
    "The key server refuses the request: check the key's name, its kind and the mount.",
    status,
  );
}

function malformed(problem: string): SalesAgentError {
  return failure("service.malformed_response", `The key server's answer has ${problem}.`, undefined);
}

function failure(
  code:
    | "service.auth"
    | "service.malformed_response"
    | "service.rate_limited"
    | "service.refused"
    | "service.unavailable",
  message: string,
  status: number | undefined,
  cause?: unknown,
): SalesAgentError {
  const facts = { service: "vault", ...(status === undefined ? {} : { status }) };
  // Wrapping and unwrapping a key changes nothing on the server.
  return new SalesAgentError(code, { message, facts, replay: "safe", cause });
}
