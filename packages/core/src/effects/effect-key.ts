import { canonicalJson } from "../kernel/canonical-json.js";
import { sha256Base64Url } from "../kernel/sha256.js";
import type { EffectScope } from "./effect.js";

/** What an effect is known by. */
export interface EffectKeyParts extends EffectScope {
  /** The effect's name. */
  readonly effect: string;
  /** Resolved and in its normal form. */
  readonly target: string;
}

/** With the hash it stays below the 400 characters that stores take. */
const MAX_READABLE_CHARS = 300;

/**
 * The key of an effect: `run/step/effect/hash`. The hash is over all parts; what stands before it is for people, and cut or
 * cleaned where it must be. The target is in the hash alone, since keys stand in errors and audit trails.
 */
export async function effectKey({ runId, step, effect, target }: EffectKeyParts): Promise<string> {
  const hash = await sha256Base64Url(canonicalJson([runId, step, effect, target]) ?? "");
  const readable = [runId, step, effect].filter((part) => part !== "").join("/");
  return `${readable.replace(/[^\w./:#-]/g, "_").slice(0, MAX_READABLE_CHARS)}/${hash}`;
}

/** What an effect is known by to the outside, where tenants of a host may share one account. */
export function idempotencyKey(tenant: string, key: string): Promise<string> {
  return sha256Base64Url(canonicalJson([tenant, key]) ?? "");
}
