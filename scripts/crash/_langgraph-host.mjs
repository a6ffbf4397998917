/**
 * A host as users of LangGraph have to write one: it hands each run to a worker, sees which workers die, and calls their runs
 * again from their last checkpoint, since nothing does so by itself.
 */
import { answerFor, runName, variantOf } from "./_tasks.mjs";

/**
 * @typedef {import("./_worker-pool.mjs").WorkerPool} WorkerPool
 * @typedef {import("./_langgraph-worker.mjs").Told} Told
 */

export class LangGraphHost {
  /** @type {Map<string, import("./_verdict.mjs").Output>} */
  outputs = new Map();
  /** How often a run stood still until it was called again; while calls of it fail, it stands once. */
  calls = 0;
  /** @type {Set<string>} */
  #standing = new Set();
  /** Runs to call, and how. @type {Map<string, object>} */
  #toCall = new Map();
  #begun = 0;
  #next = 0;
  #isResting = false;
  #pool;

  /** @param {() => WorkerPool} pool */
  constructor(pool) {
    this.#pool = pool;
  }

  /** @param {number} variant */
  begin(variant) {
    const runId = runName(++this.#begun, variant);
    this.#toCall.set(runId, { how: "begin", variant });
    return runId;
  }

  /** @param {readonly string[]} runIds */
  async look(runIds) {
    if (!this.#isResting) this.#callAll();
    return runIds.filter((runId) => !this.outputs.has(runId)).length;
  }

  /** @param {Told | { kind: "progress", runId: string }} told */
  told(told) {
    const { kind, runId } = told;
    if (kind === "ended") this.outputs.set(runId, told.output);
    if (kind === "asks") this.#toCall.set(runId, { how: "answer", answer: answerFor(variantOf(runId)) });
    if (kind === "failed") this.#stands(runId);
    else if (kind === "progress" || kind === "asks" || kind === "ended") this.#standing.delete(runId);
  }

  /** @param {readonly string[]} runIds Of a worker that died. */
  gone(runIds) {
    for (const runId of runIds) if (!this.outputs.has(runId) && !this.#toCall.has(runId)) this.#stands(runId);
  }

  rest() {
    this.#isResting = true;
  }

  goOn() {
    this.#isResting = false;
  }

  /** @param {string} runId */
  #stands(runId) {
    if (!this.#standing.has(runId)) this.calls += 1;
    this.#standing.add(runId);
    this.#toCall.set(runId, { how: "again", variant: variantOf(runId) });
  }

  #callAll() {
    const pool = this.#pool();
    for (const [runId, message] of this.#toCall) {
      const { ready } = pool;
      const worker = ready[this.#next++ % ready.length];
      if (!worker) return;
      this.#toCall.delete(runId);
      pool.hand(worker, runId, message);
    }
  }
}
