import type { Vendor } from "../dialect.js";
import type { Failure } from "../failure.js";

/** The key that a request carries, where this vendor looks for it; undefined when there is none. */
export function keyOf(
  vendor: Vendor,
  headers: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>>,
): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers["authorization"] ?? "")?.[1];
  if (vendor === "anthropic") return bearer ?? (headers["x-api-key"] || undefined);
  if (vendor === "gemini") return (headers["x-goog-api-key"] || undefined) ?? query["key"] ?? bearer;
  return bearer;
}

/** Servers that people run themselves ask for no key. */
const KEYLESS: ReadonlySet<Vendor> = new Set(["ollama", "ollama-compat", "vllm"]);

/** Refuses a request without a key, or with one that is not accepted. */
export function checkAccess(
  vendor: Vendor,
  key: string | undefined,
  acceptsKey: (key: string) => boolean,
): Failure | undefined {
  if (key === undefined) return KEYLESS.has(vendor) ? undefined : { reason: "auth" };
  return acceptsKey(key) ? undefined : { reason: "auth" };
}
