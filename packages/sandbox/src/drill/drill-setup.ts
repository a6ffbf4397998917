import type { Vendor } from "../dialect.js";

/** The two simulated vendors of a drill. */
export type DrillRole = "primary" | "fallback";

/** One simulated vendor, as a client sees it. */
export interface DrillVendor {
  /** Whose wire format `baseUrl` speaks. */
  readonly vendor: Vendor;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** A model to ask for; every name is taken. */
  readonly modelId: string;
  /** What the model's profile should say, in tokens: the fallback's is the larger. */
  readonly contextTokens: number;
  /** What the model's profile should say, in USD per million tokens. */
  readonly price: { readonly input: number; readonly output: number };
  /** The base URL of the same simulated vendor in another wire format. */
  url(vendor: Vendor): string;
}

/** Limits short enough for a drill. Those that a subject has no option for, it leaves. Milliseconds, unless told otherwise. */
export interface DrillLimits {
  /** From a request to its headers. */
  readonly headersMs: number;
  /** From a request to its first token. */
  readonly firstTokenMs: number;
  /** Between two tokens. */
  readonly stallMs: number;
  /** Tries at one model in one call, the first included. */
  readonly tries: number;
  readonly retryBaseMs: number;
  /** The longest wait before a retry; a vendor that asks for more is not asked again in this call. */
  readonly retryCapMs: number;
  /** Attempts before a circuit breaker judges. */
  readonly breakerMinCalls: number;
  /** How long a circuit breaker stays open. */
  readonly breakerResetMs: number;
}

/** What a subject is set up with, anew for each scenario. */
export interface DrillSetup {
  readonly vendors: Readonly<Record<DrillRole, DrillVendor>>;
  readonly limits: DrillLimits;
  /** The text that one model broke off is to be continued by the other, which is said to take a prefilled answer. */
  readonly continuation: boolean;
}

/** Limits of every drill: short, yet long enough for a busy machine. */
export const DRILL_LIMITS: DrillLimits = Object.freeze({
  headersMs: 500,
  firstTokenMs: 600,
  stallMs: 500,
  tries: 2,
  retryBaseMs: 20,
  retryCapMs: 250,
  breakerMinCalls: 3,
  breakerResetMs: 300,
});
