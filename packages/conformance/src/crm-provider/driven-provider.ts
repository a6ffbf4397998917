import type { CRMProvider, CrmCallOptions, CrmChanges, CrmKind, CrmPage } from "@salesagent/ports";
import type { Awaitable } from "./crm-world.js";

/** Enough for a body that comes through a stream, from a server in this process. */
const TURNS = 20;
/** Before time takes a long step, what may need real time gets some: a thousandth of the step, up to this. */
const LONGEST_PAUSE_MS = 5;
const STEP_MS = 250;
const LONGEST_STEP_MS = 15_000;
const STEP_GROWTH = 1.5;
/** Longer than this nobody may be kept waiting. */
const LONGEST_WAIT_MS = 900_000;

/** Lets time pass while a call waits for it, and keeps count. */
export class TimeDriver {
  /** Milliseconds that calls have waited so far, by the adapter's clock. */
  waitedMs = 0;
  readonly #pass: (ms: number) => Awaitable<void>;

  constructor(pass: (ms: number) => Awaitable<void>) {
    this.#pass = pass;
  }

  /** What a call comes to. @throws Error when it hasn't come to an end in {@link LONGEST_WAIT_MS}. */
  async settled<T>(call: Promise<T>): Promise<T> {
    let done = false;
    const note = () => {
      done = true;
    };
    call.then(note, note);
    let stepMs = STEP_MS;
    for (let waitedMs = 0; ; waitedMs += stepMs, stepMs = grown(stepMs)) {
      await turnsUntil(() => done, Math.min(stepMs / 1000, LONGEST_PAUSE_MS));
      if (done) return call;
      if (waitedMs > LONGEST_WAIT_MS)
        throw new Error(`a call has not settled in ${waitedMs} ms of its clock`);
      this.waitedMs += stepMs;
      await this.#pass(stepMs);
    }
  }

  async *each<T>(pages: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    const reading = pages[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.settled(reading.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      await reading.return?.();
    }
  }
}

const grown = (stepMs: number) => Math.min(Math.ceil(stepMs * STEP_GROWTH), LONGEST_STEP_MS);

/** Lets what is due run until it is done; then, for what needs real time, pauses once. */
async function turnsUntil(done: () => boolean, pauseMs: number): Promise<void> {
  for (let turn = 0; turn < TURNS && !done(); turn += 1)
    await new Promise((resolve) => setImmediate(resolve));
  if (!done()) await new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/** The same provider; while a call of it waits, time passes. */
export function drivenProvider(provider: CRMProvider, driver: TimeDriver): CRMProvider {
  const settled = <T>(call: Promise<T>) => driver.settled(call);
  return {
    port: provider.port,
    provider: provider.provider,
    capabilities: provider.capabilities,
    list: <Kind extends CrmKind>(kind: Kind, from?: { cursor?: string | undefined }, call?: CrmCallOptions) =>
      driver.each<CrmPage<Kind>>(provider.list(kind, from, call)),
    changes: <Kind extends CrmKind>(
      kind: Kind,
      from: { readonly cursor: string } | { readonly since: string },
      call?: CrmCallOptions,
    ) => driver.each<CrmChanges<Kind>>(provider.changes(kind, from, call)),
    get: (kind, id, call) => settled(provider.get(kind, id, call)),
    getMany: (kind, ids, call) => settled(provider.getMany(kind, ids, call)),
    lookup: (what, call) => settled(provider.lookup(what, call)),
    create: (draft, call) => settled(provider.create(draft, call)),
    update: (change, call) => settled(provider.update(change, call)),
    remove: (kind, id, call) => settled(provider.remove(kind, id, call)),
    writeMany: (writes, call) => settled(provider.writeMany(writes, call)),
    // It waits for no clock, and its own must not move meanwhile.
    verifyWebhook: (request) => provider.verifyWebhook(request),
    schema: (kind, call) => settled(provider.schema(kind, call)),
    health: (call) => settled(provider.health(call)),
  };
}
