import type { ImportEvent, ImportSummary } from "./import-events.js";
import { ImportJob } from "./import-job.js";
import {
  type ImportLeadsOptions,
  type ResolvedImportOptions,
  resolveImportOptions,
} from "./import-options.js";

/** An import under way: its events, once, and its end. Nothing is read before one of the two is asked for. */
export interface ImportRun extends AsyncIterable<ImportEvent> {
  /**
   * The summary at the end. Drives the import when nobody reads the events; otherwise it settles when their reader ends or
   * leaves. Rejects with what the events throw.
   */
  result(): Promise<ImportSummary>;
}

/**
 * Imports a file of leads: reads it as {@link readLeads} does, stores what is new, and accounts for every row as imported,
 * duplicate or rejected. Each batch is stored in one transaction with the position in the file, so an import that died at
 * any instant goes on where it stopped when it is called again, and stores no lead twice. A completed import that is called
 * again reads the file anew and finds duplicates. Run one import of a file at a time.
 *
 * @returns A run that, when read, throws as {@link readLeads} does, what the storage and the rejects sink throw, or the
 * signal's own reason. What was stored by then stays.
 * @throws TypeError or RangeError at once for wrong options.
 */
export function importLeads(options: ImportLeadsOptions): ImportRun {
  return new LazyImportRun(resolveImportOptions(options));
}

class LazyImportRun implements ImportRun {
  readonly #options: ResolvedImportOptions;
  readonly #ended: Promise<ImportSummary>;
  #settle: (summary: ImportSummary) => void = () => {};
  #fail: (reason: unknown) => void = () => {};
  #begun = false;

  constructor(options: ResolvedImportOptions) {
    this.#options = options;
    this.#ended = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    // The reader of the events gets the same failure; without a call of result() it is not unhandled.
    this.#ended.catch(() => {});
  }

  [Symbol.asyncIterator](): AsyncIterator<ImportEvent> {
    if (this.#begun) throw new TypeError("the events of an import can be read once only");
    this.#begun = true;
    return this.#events();
  }

  async result(): Promise<ImportSummary> {
    if (!this.#begun) {
      // Draining is the point: events that nobody wants are let go.
      for await (const _event of this);
    }
    return this.#ended;
  }

  async *#events(): AsyncGenerator<ImportEvent, void, void> {
    const job = new ImportJob(this.#options);
    try {
      yield* job.events();
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      this.#settle(job.summary);
    }
  }
}
