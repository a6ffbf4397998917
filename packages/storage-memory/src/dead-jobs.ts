import type { DeadJob, Page, PageRequest, StoredError } from "@salesagent/ports";
import { fromPayloadText } from "@salesagent/ports/job-rules";
import { toCursorText, toNormalPage } from "@salesagent/ports/store-rules";
import type { QueuedJob } from "./job-queue.js";

interface Entry {
  readonly job: QueuedJob;
  readonly error: StoredError;
  readonly failedAt: string;
  readonly seq: number;
}

/** Jobs that failed for good, in the order of their failing. */
export class DeadJobs {
  readonly #entries = new Map<string, Entry>();
  #seq = 0;

  add(job: QueuedJob, error: StoredError, failedAt: string): void {
    this.#seq += 1;
    this.#entries.set(job.id, { job, error, failedAt, seq: this.#seq });
  }

  find(id: string): QueuedJob | undefined {
    return this.#entries.get(id)?.job;
  }

  remove(id: string): boolean {
    return this.#entries.delete(id);
  }

  /** Discards jobs that pass a test. @returns How many. */
  forget(test: (job: QueuedJob) => boolean): number {
    const gone = [...this.#entries.values()].filter(({ job }) => test(job));
    for (const { job } of gone) this.#entries.delete(job.id);
    return gone.length;
  }

  list(
    { queue, tenant }: { readonly queue?: string; readonly tenant?: string } = {},
    page?: PageRequest,
  ): Page<DeadJob> {
    const { after, limit } = toNormalPage("jobs", page);
    const found: Entry[] = [];
    for (const entry of this.#entries.values()) {
      if (after !== undefined && entry.seq <= after.seq) continue;
      if (queue !== undefined && entry.job.queue !== queue) continue;
      if (tenant !== undefined && entry.job.tenant !== tenant) continue;
      found.push(entry);
      if (found.length > limit) break;
    }
    const items = found.slice(0, limit);
    const last = items.at(-1);
    if (found.length <= limit || last === undefined) return { items: items.map(toDeadJob) };
    return { items: items.map(toDeadJob), next: toCursorText({ order: 0, seq: last.seq }) };
  }
}

function toDeadJob({ job, error, failedAt }: Entry): DeadJob {
  const { id, queue, tenant, attempts, payloadText } = job;
  return { id, queue, tenant, payload: fromPayloadText(payloadText), attempts, error, failedAt };
}
