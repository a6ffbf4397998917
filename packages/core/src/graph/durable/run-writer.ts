import {
  type Clock,
  type FlowClaim,
  type FlowStep,
  type FlowStore,
  type FlowWrite,
  SalesAgentError,
} from "@salesagent/ports";
import { GroupCommit } from "../../kernel/group-commit.js";
import { retry } from "../../resilience/retry.js";

/** What is remembered at once: a step, and the event that it was made from. */
interface Remembered {
  readonly step: FlowStep;
  readonly taken: string | undefined;
}

/** What a run's progress is written with. */
export interface RunWriterInit {
  readonly flows: FlowStore;
  readonly claim: FlowClaim;
  readonly clock: Clock;
  readonly random: () => number;
  /** Aborts when the run is not this worker's any more. */
  readonly signal: AbortSignal;
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/**
 * Writes the progress of one claimed run. Steps that are remembered while a write is under way share the next one. A write whose
 * answer is lost is made again, until it stands or somebody else has the run: the store knows it again.
 */
export class RunWriter {
  readonly #init: RunWriterInit;
  readonly #steps: GroupCommit<Remembered>;

  constructor(init: RunWriterInit) {
    this.#init = init;
    this.#steps = new GroupCommit((items) =>
      this.write({
        steps: items.map(({ step }) => step),
        taken: items.flatMap(({ taken }) => (taken === undefined ? [] : [taken])),
      }),
    );
  }

  /** Resolves when the step is kept, and the event that it was made from is not given again. */
  remember(step: FlowStep, taken: string | undefined): Promise<void> {
    return this.#steps.write({ step, taken });
  }

  /** @throws `flow.fenced` when somebody else has the run; the signal's reason. */
  write(progress: Omit<FlowWrite, "id" | "fence">): Promise<void> {
    const { flows, claim, clock, random, signal } = this.#init;
    const { id, fence } = claim;
    return retry(() => flows.commit({ id, fence, ...progress }, { signal }), {
      ...{ clock, random, signal, retries: Number.POSITIVE_INFINITY, retryUnsafe: true },
      ...{ baseMs: FIRST_WAIT_MS, capMs: LONGEST_WAIT_MS },
      retryable: (error) => SalesAgentError.is(error, "store.unavailable"),
    });
  }
}
