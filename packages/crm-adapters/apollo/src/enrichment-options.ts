import type { CacheStore } from "@salesagent/ports";
import { CreditBudget, type CreditOptions } from "./credit-budget.js";
import type { EmailPolicy } from "./email-policy.js";

/** How Apollo's data is bought and kept. */
export interface EnrichmentOptions {
  /** Which addresses are taken. @defaultValue "verified" */
  readonly emails?: EmailPolicy | undefined;
  /**
   * Where answers are remembered, by tenant, such as `(tenant) => storage.tenant(tenant).cache`, so that nobody is paid for twice.
   * They hold personal data; keys are hashes.
   *
   * @defaultValue this process's memory, the last 10,000 of each tenant
   */
  readonly cache?: ((tenant: string) => CacheStore) | undefined;
  /** How long what was found is remembered, in milliseconds. @defaultValue 90 days */
  readonly foundForMs?: number | undefined;
  /** How long it is remembered that nothing was found, in milliseconds. @defaultValue 7 days */
  readonly missForMs?: number | undefined;
  /** The credits that may be spent. @defaultValue no limit of ours */
  readonly credits?: CreditOptions | undefined;
  /** Also asks for personal addresses. @defaultValue false */
  readonly personalEmails?: boolean | undefined;
}

/** The options with nothing left open. */
export interface EnrichmentSettings {
  readonly emails: EmailPolicy;
  readonly cache: ((tenant: string) => CacheStore) | undefined;
  readonly foundForMs: number;
  readonly missForMs: number;
  readonly credits: CreditOptions | undefined;
  readonly personalEmails: boolean;
}

const DAY_MS = 86_400_000;

/** @throws TypeError or RangeError naming the option that makes no sense. */
export function resolveEnrichment(options: EnrichmentOptions = {}): EnrichmentSettings {
  const {
    emails = "verified",
    foundForMs = 90 * DAY_MS,
    missForMs = 7 * DAY_MS,
    personalEmails = false,
  } = options;
  if (emails !== "verified" && emails !== "likely") {
    throw new TypeError('apollo.enrichment.emails must be "verified" or "likely"');
  }
  for (const [name, value] of Object.entries({ foundForMs, missForMs })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`apollo.enrichment.${name} must be a whole number ≥ 1, got ${value}`);
    }
  }
  CreditBudget.check(options.credits);
  return Object.freeze({
    emails,
    cache: options.cache,
    foundForMs,
    missForMs,
    credits: options.credits,
    personalEmails,
  });
}
