import type { CRMProvider, CrmCallOptions, CrmKind } from "@salesagent/ports";
import type { CrmBench } from "../crm-bench.js";
import { type CrmCase, canRead, needs, needsReading } from "../crm-case.js";

type AbortableCall = (provider: CRMProvider, call: CrmCallOptions) => Promise<unknown>;

/** Far more than any sound chain of promises needs, and still the same turn of the event loop. */
const MICROTASKS_OF_A_TURN = 200;
const TURNS_TO_BEGIN = 20;

export const abortCases: readonly CrmCase[] = [
  {
    name: "sends nothing when it was aborted before, and rejects with the caller's own reason",
    async run(bench, kind) {
      const reason = new Error("the caller's own");
      const calls = await callsOf(bench, kind);
      const before = await bench.world.requests();
      for (const [name, call] of calls) {
        const end = await call(bench.raw, { signal: AbortSignal.abort(reason) }).catch(
          (error: unknown) => error,
        );
        bench.expect(end, name).toBe(reason);
      }
      bench.expect(await bench.world.requests()).toBe(before);
    },
  },
  {
    name: "rejects within one turn when it is aborted while the CRM is silent",
    async run(bench, kind) {
      for (const [name, call] of await callsOf(bench, kind)) {
        await bench.world.fail({ type: "silent" });
        bench.expect(await abortedEnd(bench, call), name).toBe(ABORT);
      }
    },
  },
  {
    name: "rejects within one turn when it is aborted while it waits",
    skip: needsReading,
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.world.fail({ type: "rate-limited", retryAfterMs: 20_000 });
      const end = await abortedEnd(bench, (provider, options) => provider.get(kind, id, options));
      // An adapter that doesn't wait has told so at once.
      if (end !== ABORT) bench.expect(end).toMatchObject({ code: "service.rate_limited" });
    },
  },
  {
    name: "stops between two pages when it is aborted",
    skip: needs("list"),
    async run(bench, kind) {
      await bench.makeMany(kind, bench.many);
      await bench.catchUp();
      const stop = new AbortController();
      let pages = 0;
      const walk = async () => {
        for await (const { complete } of bench.provider.list(kind, {}, { signal: stop.signal })) {
          pages += 1;
          if (complete) throw ABORT;
          stop.abort(ABORT);
        }
      };
      bench.expect(await walk().catch((error: unknown) => error)).toBe(ABORT);
      bench.expect(pages).toBe(1);
    },
  },
  {
    name: "goes on well after a call that was aborted",
    skip: needsReading,
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.world.fail({ type: "silent" });
      await abortedEnd(bench, (provider, options) => provider.get(kind, id, options));
      bench.expect((await bench.provider.get(kind, id))?.id).toBe(id);
    },
  },
];

const ABORT = new Error("aborted by the case");

/** Every call that the adapter promises, of a record that stands. */
async function callsOf(
  bench: CrmBench,
  kind: CrmKind,
): Promise<readonly (readonly [string, AbortableCall])[]> {
  const support = bench.support(kind);
  const reads = canRead(support);
  const id = reads ? await bench.make(kind) : "";
  const [key] = support.lookup;
  const calls: readonly (readonly [string, boolean, AbortableCall])[] = [
    ["get", reads, (provider, call) => provider.get(kind, id, call)],
    ["getMany", reads, (provider, call) => provider.getMany(kind, [id], call)],
    [
      "lookup",
      key !== undefined,
      (provider, call) => provider.lookup({ kind, [key?.by ?? "email"]: lookedFor(key?.by) }, call),
    ],
    ["create", support.create, async (provider, call) => provider.create(await bench.draft(kind), call)],
    [
      "writeMany",
      support.create,
      async (provider, call) => provider.writeMany([{ op: "create", draft: await bench.draft(kind) }], call),
    ],
    ["update", support.update, (provider, call) => provider.update(bench.change(kind, id), call)],
    ["remove", support.remove, (provider, call) => provider.remove(kind, id, call)],
    ["list", support.list, (provider, call) => firstOf(provider.list(kind, {}, call))],
    ["changes", support.changes, (provider, call) => firstOf(provider.changes(kind, bench.since, call))],
  ];
  return calls.flatMap(([name, promised, call]) => (promised ? [[name, call] as const] : []));
}

function lookedFor(by: string | undefined): string {
  if (by === "email") return "ada@example.com";
  if (by === "phone") return "+493090182100";
  return by === "linkedinUrl" ? "https://www.linkedin.com/in/ada" : "example.com";
}

async function firstOf<T>(pages: AsyncIterable<T>): Promise<T | undefined> {
  for await (const page of pages) return page;
  return undefined;
}

/** How a call ends that is aborted after some turns; not at all where it doesn't within one more. */
async function abortedEnd(bench: CrmBench, call: AbortableCall): Promise<unknown> {
  const stop = new AbortController();
  let end: unknown = new Error("it has not ended within one turn");
  const ended = call(bench.raw, { signal: stop.signal }).then(
    (value) => {
      end = value;
    },
    (error: unknown) => {
      end = error;
    },
  );
  for (let turn = 0; turn < TURNS_TO_BEGIN; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  stop.abort(ABORT);
  for (let task = 0; task < MICROTASKS_OF_A_TURN; task += 1) await null;
  const within = end;
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 50))]);
  return within;
}
