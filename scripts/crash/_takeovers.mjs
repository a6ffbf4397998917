/** How long the runs of killed workers stood still. */

/**
 * Measures from the kill of a worker to the next progress of each run that was in its hands, whoever makes it. A run whose next
 * worker is killed before it gets anywhere is measured from that kill.
 */
export class Takeovers {
  /** Since when runs stand still. @type {Map<string, number>} */
  #standing = new Map();
  /** @type {number[]} */
  #timesMs = [];

  /** @param {Iterable<string>} runIds */
  killed(runIds) {
    for (const runId of runIds) this.#standing.set(runId, performance.now());
  }

  /** @param {string} runId */
  progressed(runId) {
    const sinceMs = this.#standing.get(runId);
    if (sinceMs === undefined) return;
    this.#standing.delete(runId);
    this.#timesMs.push(performance.now() - sinceMs);
  }

  /** What stands still for another reason from now on is not measured. */
  forget() {
    this.#standing.clear();
  }

  /** How many stand still now. */
  get standing() {
    return this.#standing.size;
  }

  get count() {
    return this.#timesMs.length;
  }

  /** @param {number} share 0.5 is the median. */
  quantileMs(share) {
    const sorted = [...this.#timesMs].sort((left, right) => left - right);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  }
}
