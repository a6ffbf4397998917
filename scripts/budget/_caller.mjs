/**
 * One of the processes that `cap.mjs` starts: makes its calls at the same time, under the shared cap, and tells how they ended.
 * A call that is refused asks again for a while, since money that others set aside comes free.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { SalesAgentError } from "@salesagent/core";
import { createBudgets, createLedger, withBudget, withLedger } from "@salesagent/core/budget";
import { userMessage } from "@salesagent/ports";
import { openai } from "@salesagent/provider-openai";
import { postgres } from "@salesagent/storage-pg";

const TRIES = 4;
const BETWEEN_TRIES_MS = 300;

/** @typedef {{ url: string, baseUrl: string, tenant: string, calls: number, usd: number, leaseMs: number,
 *   price: { input: number, output: number } }} Task */
/** @typedef {{ granted: number, refused: number, failed: number, refusals: number, errors: string[] }} Outcome */

/**
 * @param {Task} task
 * @returns {Promise<Outcome>}
 */
async function work({ url, baseUrl, tenant, calls, usd, leaseMs, price }) {
  // Hundreds of calls wait for the one line of the cap at once.
  const storage = postgres({ connectionString: url, maxConnections: 8, connectTimeoutMs: 120_000 });
  /** @type {Outcome} */
  const outcome = { granted: 0, refused: 0, failed: 0, refusals: 0, errors: [] };
  /** @param {unknown} error */
  const note = (error) => outcome.errors.push(String(error));
  const budgets = createBudgets({
    budgets: [{ name: "cap", usd, scope: "tenant" }],
    storage,
    tenant,
    leaseMs,
    onError: note,
  });
  const ledger = createLedger({ storage, tenant, onError: note });
  const vendor = openai("gpt-5.4-mini", {
    baseUrl,
    apiKey: "sk-sandbox",
    profile: { price: { ...price, asOf: "2026-11-21" } },
  });
  const model = withBudget(withLedger(vendor, ledger), budgets);
  await Promise.all(Array.from({ length: calls }, (_, index) => call(model, `Call ${index}`, outcome)));
  await Promise.all([budgets.flush(), ledger.flush()]);
  await storage[Symbol.asyncDispose]();
  return outcome;
}

/**
 * @param {import("@salesagent/ports").LanguageModel} model
 * @param {string} text
 * @param {Outcome} outcome
 */
async function call(model, text, outcome) {
  for (let attempt = 1; ; attempt++) {
    try {
      await model.stream({ messages: [userMessage(text)], maxOutputTokens: 400 }).result();
      outcome.granted += 1;
      return;
    } catch (error) {
      if (SalesAgentError.is(error, "budget.exceeded")) {
        outcome.refusals += 1;
        if (attempt < TRIES) {
          await sleep(BETWEEN_TRIES_MS * attempt);
          continue;
        }
        outcome.refused += 1;
      } else if (SalesAgentError.is(error) && error.code.startsWith("model.")) {
        outcome.failed += 1;
      } else {
        outcome.errors.push(String(error));
      }
      return;
    }
  }
}

process.once("message", async (/** @type {Task} */ task) => {
  process.send?.(await work(task));
  process.disconnect();
});
process.send?.("ready");
