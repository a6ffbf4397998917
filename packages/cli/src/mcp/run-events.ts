import type { GraphEvent } from "@salesagent/core/graph";

/** What is told of one run, in order, until its end. */
export interface ToldEvents extends AsyncIterable<{ readonly type: string }> {
  end(): void;
}

/** Events of all runs of a process, handed to whoever asked for those of one. */
export class RunEvents {
  readonly #runs = new Map<string, (event: GraphEvent) => void>();

  tell(event: GraphEvent, runId: string): void {
    this.#runs.get(runId)?.(event);
  }

  of(runId: string): ToldEvents {
    const waiting: GraphEvent[] = [];
    let wake = () => {};
    let isOver = false;
    this.#runs.set(runId, (event) => {
      waiting.push(event);
      wake();
    });
    const end = () => {
      isOver = true;
      this.#runs.delete(runId);
      wake();
    };
    async function* read() {
      for (;;) {
        yield* waiting.splice(0);
        if (isOver) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    return { end, [Symbol.asyncIterator]: read };
  }
}
