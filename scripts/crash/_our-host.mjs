/** A host of ours: begins runs, and does what persons do. It works on no run, and tells nobody that a worker died. */
import { setTimeout as sleep } from "node:timers/promises";
import { createApprovals, createEffects } from "@salesagent/core/effects";
import { durableFlows } from "@salesagent/core/graph";
import { SalesAgentError } from "@salesagent/ports";
import { postgres } from "@salesagent/storage-pg";
import { approvalOf, createFlow, REPLY } from "./_booking-flow.mjs";
import { answerFor, runName, variantOf } from "./_tasks.mjs";

const BETWEEN_TRIES_MS = 100;
const PERSON = "user:42";

/** @typedef {import("./_observer.mjs").OpenRun} OpenRun */

export class OurHost {
  /** What no host should meet. @type {unknown[]} */
  errors = [];
  /** Effects of which a person found out what became of them. */
  settledByHand = 0;
  #storage;
  #tenant;
  #recorder;
  #observer;
  #graph;
  #approvals;
  #ledger;
  #leaving = new AbortController();
  #begun = 0;
  /** @type {Set<string>} */
  #answered = new Set();

  /**
   * @param {{ url: string, tenant: string, recorder: string, observer: import("./_observer.mjs").Observer }} world
   */
  constructor({ url, tenant, recorder, observer }) {
    this.#storage = postgres({ connectionString: url });
    this.#tenant = tenant;
    this.#recorder = recorder;
    this.#observer = observer;
    const flows = durableFlows({ storage: this.#storage, tenant, work: "elsewhere", pollMs: 2_000 });
    const never = () => Promise.reject(new Error("The host does nothing to the outside."));
    this.#graph = createFlow({ checkpointer: flows, random: Math.random, doOnce: never });
    this.#approvals = createApprovals({ storage: this.#storage });
    this.#ledger = createEffects({ storage: this.#storage });
  }

  /** @param {number} variant @returns {string} The run's id. */
  begin(variant) {
    const runId = runName(++this.#begun, variant);
    void this.#insist(runId, variant);
    return runId;
  }

  /**
   * Looks at the runs as persons do: answers what they ask, and settles what only a person can find out.
   *
   * @param {readonly string[]} runIds
   * @returns {Promise<number>} How many are under way.
   */
  async look(runIds) {
    const open = await this.#observer.open(runIds);
    // What fails while the database is away is done at the next look.
    for (const run of open) await this.#answer(run).catch((error) => this.#note(error));
    await this.#settleUnknown().catch((error) => this.#note(error));
    return open.length;
  }

  async close() {
    this.#leaving.abort();
    await this.#storage[Symbol.asyncDispose]();
  }

  /**
   * @param {string} runId
   * @param {number} variant
   * @returns {Promise<void>}
   */
  async #insist(runId, variant) {
    const { signal } = this.#leaving;
    try {
      await this.#graph.invoke({ variant }, { runId, signal });
    } catch (error) {
      if (signal.aborted || SalesAgentError.is(error, "flow.wrong_state")) return; // begun before, by a write whose answer was lost
      if (!SalesAgentError.is(error, "store.unavailable")) return void this.errors.push(error);
      await sleep(BETWEEN_TRIES_MS);
      return this.#insist(runId, variant);
    }
  }

  /** @param {OpenRun} run */
  async #answer({ id, awaiting }) {
    const [name] = awaiting;
    const asked = `${id} ${name}`;
    if (name === undefined || this.#answered.has(asked)) return;
    const approval = approvalOf(name);
    if (approval !== undefined) await this.#approve(approval);
    const payload =
      approval !== undefined || name === REPLY ? `${name.split(":")[0]}` : answerFor(variantOf(id));
    await this.#graph.deliver(id, name, payload);
    this.#answered.add(asked);
  }

  /** @param {string} id */
  async #approve(id) {
    try {
      await this.#approvals.approve(id, { tenant: this.#tenant, by: PERSON });
    } catch (error) {
      if (!SalesAgentError.is(error, "approval.invalid")) throw error; // approved before, by a write whose answer was lost
    }
  }

  async #settleUnknown() {
    const { effects } = this.#storage.tenant(this.#tenant);
    const { items } = await effects.list({ status: "unknown", effect: "call" });
    for (const { key, target } of items) {
      const url = `${this.#recorder}/effects?person&effect=${encodeURIComponent(target)}`;
      const found = /** @type {any} */ (await (await fetch(url)).json());
      await this.#ledger.settle(key, { tenant: this.#tenant, by: PERSON, found });
      this.settledByHand += 1;
    }
  }

  /** @param {unknown} error */
  #note(error) {
    const isPassing = ["store.unavailable", "call.timed_out", "effect.in_progress"].some(
      (code) => SalesAgentError.is(error) && error.code === code,
    );
    if (!isPassing) this.errors.push(error);
  }
}
