import { fromNanoUsd, toNanoUsd } from "@salesagent/ports/money";
import type { ReportAttempt, ServedModel, ServedReport } from "../render/report-data.js";

/** A timeline of more marks than this shows nothing more, and memory has an end. */
const MOST_MARKS = 5_000;

/** What one model came to so far. */
interface Account {
  completed: number;
  failed: number;
  aborted: number;
  inputTokens: number;
  outputTokens: number;
  nanoUsd: number;
  estimatedNanoUsd: number;
  unpriced: boolean;
  readonly errors: Record<string, number>;
}

/** Gathers which model served what, from the attempts on record. */
export class Served {
  readonly #accounts = new Map<string, Account>();
  readonly #timeline: ServedReport["timeline"][number][] = [];
  #omitted = 0;

  add(attempts: readonly ReportAttempt[]): void {
    for (const attempt of attempts) {
      this.#book(this.#accountOf(attempt.model), attempt);
      const { model, outcome, startedAtMs, latencyMs } = attempt;
      if (this.#timeline.length < MOST_MARKS) {
        this.#timeline.push({ model, outcome, startedAtMs, latencyMs });
      } else {
        this.#omitted++;
      }
    }
  }

  /**
   * @param breakers - The state of each model's breaker, by `provider/model`. A model that was never asked is told too.
   * @returns Nothing when no model was asked.
   */
  report(breakers: ReadonlyMap<string, string> = new Map()): ServedReport | undefined {
    if (this.#accounts.size === 0) return undefined;
    for (const model of breakers.keys()) this.#accountOf(model);
    const models = [...this.#accounts].map(([model, account]) =>
      toServed(model, account, breakers.get(model)),
    );
    return { models, timeline: this.#timeline, omitted: this.#omitted };
  }

  #accountOf(model: string): Account {
    let account = this.#accounts.get(model);
    if (!account) {
      const tokens = { inputTokens: 0, outputTokens: 0 };
      const money = { nanoUsd: 0, estimatedNanoUsd: 0, unpriced: false };
      account = { completed: 0, failed: 0, aborted: 0, ...tokens, ...money, errors: {} };
      this.#accounts.set(model, account);
    }
    return account;
  }

  #book(account: Account, attempt: ReportAttempt): void {
    const { outcome, errorCode, costUsd, estimated } = attempt;
    account[outcome]++;
    account.inputTokens += attempt.inputTokens;
    account.outputTokens += attempt.outputTokens;
    if (outcome === "failed" && errorCode !== undefined) {
      account.errors[errorCode] = (account.errors[errorCode] ?? 0) + 1;
    }
    if (costUsd === undefined) {
      account.unpriced = true;
      return;
    }
    account.nanoUsd += toNanoUsd(costUsd);
    if (estimated) account.estimatedNanoUsd += toNanoUsd(costUsd);
  }
}

function toServed(model: string, account: Account, breaker: string | undefined): ServedModel {
  const { nanoUsd, estimatedNanoUsd, unpriced, ...counts } = account;
  return {
    model,
    attempts: counts.completed + counts.failed + counts.aborted,
    ...counts,
    ...(unpriced ? {} : { costUsd: fromNanoUsd(nanoUsd) }),
    estimatedUsd: fromNanoUsd(estimatedNanoUsd),
    ...(breaker === undefined ? {} : { breaker }),
  };
}
