import {
  type AttemptGuard,
  type Clock,
  createSortableIds,
  type EmbeddingModel,
  type JobEngine,
  type LanguageModel,
  type Message,
  type ModelRequest,
  type Storage,
  systemClock,
} from "@salesagent/ports";
import { checkFunction, checkOption, checkSpan, checkWhole } from "../resilience/check-option.js";
import { estimateTokens } from "./estimate-tokens.js";
import type {
  FactOptions,
  MemoryOptions,
  MemoryStep,
  SummaryOptions,
  WindowOptions,
} from "./memory-options.js";
import { SUMMARY_INSTRUCTIONS } from "./summary-prompt.js";

/** What stands around a summary takes nearly half of it. */
const LEAST_SUMMARY_TOKENS = 100;

/** How much is told, with nothing left out. */
export interface WindowSettings {
  readonly maxTokens: number;
  readonly maxMessages: number;
  readonly summariseAboveTokens: number;
  readonly keepTokens: number;
  readonly countTokens: (message: Message) => number;
}

export interface SummarySettings {
  readonly instructions: string;
  readonly maxTokens: number;
  readonly timeoutMs: number;
  readonly request: Omit<ModelRequest, "messages" | "tools" | "output">;
}

export interface FactSettings {
  readonly maxTokens: number;
  readonly minSimilarity: number;
  readonly timeoutMs: number;
  readonly dimensions: number | undefined;
}

/** The options of a memory with their defaults. */
export interface MemorySettings {
  readonly storage: Storage;
  readonly summariser: LanguageModel | undefined;
  readonly embeddings: EmbeddingModel | undefined;
  readonly jobs: readonly JobEngine[];
  readonly guards: readonly AttemptGuard[];
  readonly window: WindowSettings;
  readonly summary: SummarySettings;
  readonly facts: FactSettings;
  readonly onError: ((error: unknown, step: MemoryStep) => void) | undefined;
  readonly clock: Clock;
  readonly createId: () => string;
}

/** @throws TypeError or RangeError naming the option that is wrong. */
export function resolveMemory(options: MemoryOptions): MemorySettings {
  if (typeof options?.storage?.tenant !== "function") {
    throw new TypeError("memory.storage must be a Storage");
  }
  const { storage, summariser, embeddings, jobs = [], guards = [], onError, clock = systemClock } = options;
  if (onError !== undefined) checkFunction("memory.onError", onError);
  const window = resolveWindow(options.window);
  return Object.freeze({
    ...{ storage, summariser, embeddings, onError, clock, window },
    jobs: [...jobs],
    guards: [...guards],
    summary: resolveSummary(options.summary, window),
    facts: resolveFacts(options.facts, window),
    createId: options.createId ?? createSortableIds(clock),
  });
}

function resolveWindow({
  maxTokens = 16_000,
  maxMessages = 200,
  summariseAboveTokens = Math.floor(maxTokens / 2),
  keepTokens = Math.floor(summariseAboveTokens / 2),
  countTokens = estimateTokens,
}: WindowOptions = {}): WindowSettings {
  checkWhole("memory.window.maxTokens", maxTokens, 500);
  checkOption(
    "memory.window.maxMessages",
    maxMessages,
    "a whole number from 1 to 1,000",
    (it) => Number.isInteger(it) && it >= 1 && it <= 1_000,
  );
  checkWhole("memory.window.summariseAboveTokens", summariseAboveTokens, 1);
  checkOption(
    "memory.window.keepTokens",
    keepTokens,
    "a whole number ≥ 0, and less than summariseAboveTokens",
    (it) => Number.isInteger(it) && it >= 0 && it < summariseAboveTokens,
  );
  checkFunction("memory.window.countTokens", countTokens);
  return {
    ...{ maxTokens, maxMessages, summariseAboveTokens, keepTokens },
    countTokens: countTokens === estimateTokens ? estimateTokens : checkedCounter(countTokens),
  };
}

function checkedCounter(countTokens: (message: Message) => number): (message: Message) => number {
  return (message) => {
    const tokens = countTokens(message);
    checkOption("memory.window.countTokens(message)", tokens, "a number ≥ 0", (it) => it >= 0);
    return tokens;
  };
}

function resolveSummary(
  { instructions = SUMMARY_INSTRUCTIONS, maxTokens, timeoutMs = 30_000, request = {} }: SummaryOptions = {},
  window: WindowSettings,
): SummarySettings {
  const most = Math.floor(window.maxTokens / 2);
  const limit = maxTokens ?? Math.min(600, Math.max(LEAST_SUMMARY_TOKENS, Math.floor(window.maxTokens / 8)));
  checkOption(
    "memory.summary.maxTokens",
    limit,
    `a whole number from ${LEAST_SUMMARY_TOKENS} to half of window.maxTokens (${most})`,
    (it) => Number.isInteger(it) && it >= LEAST_SUMMARY_TOKENS && it <= most,
  );
  checkSpan("memory.summary.timeoutMs", timeoutMs, 1);
  return { instructions, maxTokens: limit, timeoutMs, request };
}

function resolveFacts(
  { maxTokens, minSimilarity = 0.3, timeoutMs = 5_000, dimensions }: FactOptions = {},
  window: WindowSettings,
): FactSettings {
  const limit = maxTokens ?? Math.floor(window.maxTokens / 8);
  checkWhole("memory.facts.maxTokens", limit, 0);
  checkOption(
    "memory.facts.minSimilarity",
    minSimilarity,
    "a number from -1 to 1",
    (it) => it >= -1 && it <= 1,
  );
  checkSpan("memory.facts.timeoutMs", timeoutMs, 1);
  if (dimensions !== undefined) checkWhole("memory.facts.dimensions", dimensions, 1);
  return { maxTokens: limit, minSimilarity, timeoutMs, dimensions };
}
