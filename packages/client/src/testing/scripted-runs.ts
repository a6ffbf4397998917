import type { ClientError } from "../client-error.js";
import type { RunClient } from "../react/followed-run.js";
import type { StartRequest } from "../responses.js";
import type { StreamEvent } from "../stream-event.js";

interface Script {
  readonly events: StreamEvent[];
  failure?: ClientError;
  wake(): void;
}

/** A client whose runs tell what the test says. */
export function scriptedRuns() {
  const scripts = new Map<string, Script>();
  const started: (StartRequest & { readonly id: string })[] = [];
  const followed: { readonly id: string; readonly after: number }[] = [];
  const stopped: string[] = [];
  let open = 0;
  let refusal: ClientError | undefined;
  let held: Promise<void> | undefined;

  const scriptOf = (id: string): Script => {
    const script = scripts.get(id) ?? { events: [], wake: () => {} };
    scripts.set(id, script);
    return script;
  };
  const client: RunClient = {
    streams: {
      async start(request) {
        const id = `run-${started.length + 1}`;
        started.push({ ...request, id });
        const wait = held;
        held = undefined;
        await wait;
        if (refusal) throw refusal;
        return { id };
      },
      async *follow(id, { after = 0, signal } = {}) {
        followed.push({ id, after });
        const script = scriptOf(id);
        open += 1;
        signal?.addEventListener("abort", () => {
          open -= 1;
          script.wake();
        });
        for (let last = after; ; ) {
          signal?.throwIfAborted();
          const next = script.events.find(({ seq }) => seq > last);
          if (next) {
            last = next.seq;
            yield next;
          } else if (script.failure) {
            throw script.failure;
          } else {
            await new Promise<void>((resolve) => {
              script.wake = resolve;
            });
          }
        }
      },
      async stop(id) {
        stopped.push(id);
        return { stopping: true };
      },
    },
  };
  return {
    ...{ client, started, followed, stopped },
    /** Connections that are open. */
    open: () => open,
    tell(id: string, ...events: StreamEvent[]) {
      scriptOf(id).events.push(...events);
      scriptOf(id).wake();
    },
    lose(id: string, failure: ClientError) {
      scriptOf(id).failure = failure;
      scriptOf(id).wake();
    },
    refuse(error: ClientError) {
      refusal = error;
    },
    /** The next start is answered when the returned function is called. */
    holdNextStart(): () => void {
      let answer = () => {};
      held = new Promise((resolve) => {
        answer = resolve;
      });
      return answer;
    },
  };
}
