import type { WaitingRuns } from "./served-agent.js";
import type { ServedCall, ServedOutcome } from "./served-tool.js";

/** Of one process; the oldest makes room. */
const MOST_WAITING = 1_000;

type GoOn = (call: ServedCall) => Promise<ServedOutcome>;

/** Keeps what goes on with runs that wait for a person, each for the one who began it. */
export class KeptRuns implements WaitingRuns {
  readonly #runs = new Map<string, { readonly owner: string; readonly goOn: GoOn }>();

  keep(approvalId: string, owner: string, goOn: GoOn): void {
    this.#runs.delete(approvalId);
    this.#runs.set(approvalId, { owner, goOn });
    const [oldest] = this.#runs.keys();
    if (this.#runs.size > MOST_WAITING && oldest !== undefined) this.#runs.delete(oldest);
  }

  find(approvalId: string, owner: string): GoOn | undefined {
    const kept = this.#runs.get(approvalId);
    return kept?.owner === owner ? kept.goOn : undefined;
  }
}
