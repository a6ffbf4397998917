/** What workers of ours do to the outside, by the ledger: the recorder's process stands for the outside. */
import { createEffects, defineEffect } from "@salesagent/core/effects";
import { effectName } from "./_tasks.mjs";

/** @typedef {{ effect: string, draft: string }} Asked */

/**
 * @param {{ storage: import("@salesagent/core/effects").EffectStorage, recorder: string, worker: string, leaseMs: number }} means
 */
export function createOutside({ storage, recorder, worker, leaseMs }) {
  const ledger = createEffects({ storage, owner: worker, leaseMs });
  const { act, lookup } = recordedBy(recorder, worker);
  const target = (/** @type {Asked} */ { effect }) => effect;
  const effects = {
    booking: defineEffect({ name: "booking", target, act, lookup }),
    call: defineEffect({ name: "call", target, act }),
    offer: defineEffect({ name: "offer", target, act, lookup, approval: true }),
  };
  /**
   * @param {import("./_tasks.mjs").Post} post
   * @param {{ tenant: string, runId: string, step: string, signal: AbortSignal }} place
   */
  return ({ kind, draft, ...task }, { runId, ...place }) => {
    const input = { effect: effectName(runId, task), draft };
    return ledger.run(effects[kind], { ...place, runId, input });
  };
}

/**
 * Asking the recorder to do something, and whether it did.
 *
 * @param {string} recorder
 * @param {string} worker
 */
export function recordedBy(recorder, worker) {
  return {
    /** @param {Asked} input @param {{ idempotencyKey?: string, signal?: AbortSignal }} call @returns {Promise<string>} */
    act: async (input, { idempotencyKey, signal }) => {
      const body = JSON.stringify({ ...input, worker, idempotencyKey });
      const response = await fetch(`${recorder}/effects`, { method: "POST", body, signal: signal ?? null });
      /** @type {any} */
      const { said } = await response.json();
      return said;
    },
    /**
     * @param {Asked} input
     * @param {unknown} _
     * @param {{ signal: AbortSignal }} call
     * @returns {Promise<import("@salesagent/core/effects").LookupAnswer<string>>}
     */
    lookup: async ({ effect }, _, { signal }) => {
      const response = await fetch(`${recorder}/effects?effect=${encodeURIComponent(effect)}`, { signal });
      return /** @type {any} */ (await response.json());
    },
  };
}
