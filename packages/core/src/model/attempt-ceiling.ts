import type { AttemptCeiling, ModelPrice, ModelProfile, ModelRequest } from "@salesagent/ports";

/** No tokeniser makes two tokens of one byte: base64, digits and rare scripts come near to one. */
const MIN_BYTES_PER_TOKEN = 1;
/** Assumed when neither the request nor the profile limits the output, or the context. */
const FALLBACK_OUTPUT_TOKENS = 32_768;
/** Assumed for a file that the vendor fetches, when the profile has no limit of its own. */
const FALLBACK_CONTEXT_TOKENS = 1_000_000;

/** Up to here a double holds whole nano-dollars. */
const MOST_USD = Number.MAX_SAFE_INTEGER / 1e9;

const encoder = new TextEncoder();

/** The most that one attempt at a request can take: all its text as input at the dearest rate, and the output limit in full. */
export function attemptCeiling(request: ModelRequest, profile: ModelProfile): AttemptCeiling {
  const input = mostInputTokens(request, profile);
  const output = mostOutputTokens(request, profile);
  const tokens = Math.ceil(input + output);
  if (!profile.price) return { tokens };
  const { inputRate, outputRate } = dearest(profile.price);
  const costUsd = (input * inputRate + output * outputRate) / 1e6 + (profile.price.perRequest ?? 0);
  // By a price that can't be one, nobody knows.
  return costUsd >= 0 && costUsd <= MOST_USD ? { tokens, costUsd } : { tokens };
}

/** The most that an attempt can cost, in USD. @returns Nothing when the model's price is unknown. */
export function maxCostUsd(request: ModelRequest, profile: ModelProfile): number | undefined {
  return attemptCeiling(request, profile).costUsd;
}

/** Without a limit of the request's or the model's, only the context ends an answer. */
function mostOutputTokens({ maxOutputTokens: asked = -1 }: ModelRequest, profile: ModelProfile): number {
  if (asked >= 0 && asked < Number.POSITIVE_INFINITY) return asked;
  return profile.maxOutputTokens ?? profile.contextTokens ?? FALLBACK_OUTPUT_TOKENS;
}

function mostInputTokens(request: ModelRequest, profile: ModelProfile): number {
  const prompt = JSON.stringify([request.messages, request.tools ?? [], request.output ?? null]);
  const own = encoder.encode(prompt).length / MIN_BYTES_PER_TOKEN;
  if (!hasFetchedFile(request)) return own;
  return Math.max(own, profile.contextTokens ?? FALLBACK_CONTEXT_TOKENS);
}

/** A URL says nothing of the size of what is behind it. */
function hasFetchedFile(request: ModelRequest): boolean {
  return request.messages.some((message) =>
    message.parts.some((part) => part.type === "file" && "url" in part.data),
  );
}

interface DearestRates {
  readonly inputRate: number;
  readonly outputRate: number;
}

/** By the price list, which does not change. */
const dearestRates = new WeakMap<ModelPrice, DearestRates>();

function dearest(price: ModelPrice): DearestRates {
  let rates = dearestRates.get(price);
  if (!rates) {
    rates = findDearest(price);
    dearestRates.set(price, rates);
  }
  return rates;
}

function findDearest(price: ModelPrice): DearestRates {
  const rates = [price, ...(price.tiers ?? []), ...(price.windows ?? []), ...(price.changes ?? [])];
  const inputs = rates.flatMap((rate) => [
    rate.input,
    rate.cacheWrite ?? 0,
    rate.cacheWriteLong ?? 0,
    rate.audioInput ?? 0,
  ]);
  const outputs = rates.flatMap((rate) => [rate.output, rate.audioOutput ?? 0]);
  return { inputRate: dearestOf(inputs), outputRate: dearestOf(outputs) };
}

/** @returns NaN where one of them can't be a price: some vendors write -1 for one that nobody knows. */
function dearestOf(rates: readonly number[]): number {
  return rates.every((rate) => rate >= 0) ? Math.max(...rates) : Number.NaN;
}
