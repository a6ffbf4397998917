import { inspect } from "node:util";
import type { CrmKind } from "@salesagent/ports";
import { PLANTED_KEY } from "../../language-model/harness.js";
import { type CrmBench, type Failure, refusalOf } from "../crm-bench.js";
import { type CrmCase, needsReading } from "../crm-case.js";
import type { CrmWorldFault } from "../crm-world.js";

const DAY_MS = 86_400_000;
/** Nobody waits for an answer longer than this, whatever the CRM says. */
const PATIENCE_MS = 300_000;
const MOST_TRIES = 12;
const ALWAYS = { times: 100_000 };

export const failureCases: readonly CrmCase[] = [
  {
    name: "waits as long as it is told to, and comes through; or tells how long to wait",
    skip: needsReading,
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.world.fail({ type: "rate-limited", retryAfterMs: 4_000 });
      const waited = bench.driver.waitedMs;
      const end = await bench.provider.get(kind, id).catch((error: unknown) => error);
      if (typeof end === "object" && end !== null && "code" in end) {
        bench.expect(end).toMatchObject({ code: "service.rate_limited", replay: "safe" });
        const { retryAfterMs } = (end as Failure).facts;
        bench.expect(retryAfterMs).toBeGreaterThanOrEqual(4_000);
        bench.expect(retryAfterMs).toBeLessThanOrEqual(6_000);
      } else {
        bench.expect(end).toMatchObject({ id });
        bench.expect(bench.driver.waitedMs - waited).toBeGreaterThanOrEqual(4_000);
      }
    },
  },
  {
    name: "gives up with service.rate_limited when it is turned away again and again",
    skip: needsReading,
    run: (bench, kind) => givesUp(bench, kind, { type: "rate-limited" }, /^service\.rate_limited$/),
  },
  {
    name: "does not wait for a day",
    skip: needsReading,
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.world.fail({ type: "rate-limited", retryAfterMs: DAY_MS }, ALWAYS);
      const waited = bench.driver.waitedMs;
      const refusal = await refusalOf(bench.provider.get(kind, id), "get");
      bench.expect(refusal.code).toMatch(/^(service\.(rate_limited|quota_exhausted)|call\.wait_too_long)$/);
      const told = refusal.facts["retryAfterMs"] ?? refusal.facts["waitMs"];
      bench.expect(told).toBeGreaterThan(DAY_MS / 2);
      bench.expect(bench.driver.waitedMs - waited).toBeLessThanOrEqual(PATIENCE_MS);
    },
  },
  {
    name: "gives up with service.unavailable on a server that fails",
    skip: needsReading,
    run: (bench, kind) => givesUp(bench, kind, { type: "server-error" }, /^service\.unavailable$/),
  },
  {
    name: "gives up with service.unavailable on a connection that breaks",
    skip: needsReading,
    run: (bench, kind) => givesUp(bench, kind, { type: "request-lost" }, /^service\.unavailable$/),
  },
  {
    name: "gives up on an answer that is cut off",
    skip: needsReading,
    run: (bench, kind) =>
      givesUp(bench, kind, { type: "cut-body" }, /^service\.(malformed_response|unavailable)$/),
  },
  {
    name: "does not try again with a key that is refused",
    skip: needsReading,
    async run(bench, kind) {
      const id = await bench.make(kind);
      await bench.world.fail({ type: "unauthorised" }, ALWAYS);
      const before = await bench.world.requests();
      const refusal = await refusalOf(bench.provider.get(kind, id), "get");
      bench.expect(refusal.code).toMatch(/^(service\.auth|credential\.refused)$/);
      bench.expect((await bench.world.requests()) - before).toBeLessThanOrEqual(3);
    },
  },
  {
    name: "never tells the key, in no error however it is printed",
    async run(bench, kind) {
      const faults: readonly CrmWorldFault["type"][] = [
        ...(["unauthorised", "rate-limited", "server-error", "request-lost", "cut-body"] as const),
      ];
      for (const type of faults) {
        await bench.world.fail({ type }, { times: MOST_TRIES });
        for (const call of callsOf(bench, kind)) {
          const end = await call().catch((error: unknown) => error);
          bench.expect(tells(end), `${type} tells the key`).toBe(false);
        }
        await bench.catchUp();
      }
    },
  },
];

async function givesUp(bench: CrmBench, kind: CrmKind, fault: CrmWorldFault, code: RegExp): Promise<void> {
  const id = await bench.make(kind);
  await bench.world.fail(fault, ALWAYS);
  const before = await bench.world.requests();
  const refusal = await refusalOf(bench.provider.get(kind, id), "get");
  bench.expect(refusal.code).toMatch(code);
  bench.expect(refusal.replay).toBe("safe");
  bench.expect((await bench.world.requests()) - before, "tries").toBeLessThanOrEqual(MOST_TRIES);
}

function callsOf({ provider }: CrmBench, kind: CrmKind): readonly (() => Promise<unknown>)[] {
  return [
    () => provider.get(kind, "id-1"),
    () => provider.getMany(kind, ["id-1"]),
    () => provider.create({ kind, fields: {} }),
    () => provider.update({ kind, id: "id-1", fields: {} }),
    () => provider.remove(kind, "id-1"),
    () => provider.schema(kind),
    () => provider.health(),
    async () => {
      for await (const page of provider.list(kind)) return page;
      return undefined;
    },
  ];
}

function tells(value: unknown): boolean {
  const printed = inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true });
  const stack = value instanceof Error ? (value.stack ?? "") : "";
  const texts = [printed, String(value), stack, JSON.stringify(value) ?? ""];
  return texts.some((text) => text.includes(PLANTED_KEY));
}
