import { EventStream, type SyncRun } from "@salesagent/ports";
import type { SyncProgress } from "./sync-progress.js";

/** A sync that was begun by being read, or by asking for its result. */
export type SyncRunStream = AsyncIterable<SyncProgress> & {
  /** Its record once it is over. @throws What ended it. */
  result(): Promise<SyncRun>;
};

/**
 * A stream of what some work tells. Progress of one phase and kind that was not read yet is replaced by later progress of the same,
 * so that a slow reader holds nothing up.
 */
export function progressStream(
  work: (tell: (event: SyncProgress) => void, signal: AbortSignal) => Promise<SyncRun>,
  signal: AbortSignal | undefined,
): SyncRunStream {
  return new EventStream<SyncProgress, SyncRun>(
    (control) => progressOf((tell) => work(tell, control.signal)),
    {
      push: (event) => (event.type === "completed" ? { result: event.run } : undefined),
      cut: () => new Error("a sync ended without its end"),
    },
    signal,
  );
}

async function* progressOf(
  work: (tell: (event: SyncProgress) => void) => Promise<SyncRun>,
): AsyncGenerator<readonly SyncProgress[], void, void> {
  const unread = new Map<string, SyncProgress>();
  let wake = () => {};
  let outcome: { readonly run: SyncRun } | { readonly error: unknown } | undefined;
  work((event) => {
    unread.set(keyOf(event), event);
    wake();
  }).then(
    (run) => {
      outcome = { run };
      wake();
    },
    (error: unknown) => {
      outcome = { error };
      wake();
    },
  );
  for (;;) {
    if (unread.size > 0) {
      const events = [...unread.values()];
      unread.clear();
      yield events;
    } else if (outcome && "error" in outcome) {
      throw outcome.error;
    } else if (outcome) {
      yield [{ type: "completed", run: outcome.run }];
      return;
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

function keyOf(event: SyncProgress): string {
  if (event.type === "progress") return `${event.type} ${event.phase} ${event.kind}`;
  return event.type === "braked" ? `${event.type} ${event.kind}` : event.type;
}
