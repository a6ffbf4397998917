import { manualClock } from "@salesagent/conformance";
import type { Storage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import { RefusalLog } from "./refusal-log.js";
import { settle } from "./testing/open-table.js";

function setUp(wrap: (storage: Storage) => Storage = (storage) => storage) {
  const clock = manualClock();
  const memory = memoryStorage({ clock });
  const errors: unknown[] = [];
  let id = 0;
  const log = new RefusalLog({
    ...{ storage: wrap(memory), clock, createId: () => `a${++id}` },
    onError: (error) => void errors.push(error),
  });
  const refusal = { tenant: "acme", actor: "user:1", route: "GET /x", code: "access.denied", requestId: "r" };
  const trail = async (tenant = "acme") =>
    (await memory.tenant(tenant).audit.list({}, { limit: 1_000 })).items;
  return { clock, log, refusal, trail, errors };
}

it("writes what was refused together, a second later", async () => {
  const { clock, log, refusal, trail } = setUp();
  for (let index = 0; index < 5; index += 1) log.add(refusal);
  await settle();
  expect(await trail()).toEqual([]);
  clock.advance(1_000);
  await settle();
  expect(await trail()).toHaveLength(5);
  expect(clock.pendingTimers).toBe(0);
});

it("counts what is more than it holds, for each tenant", async () => {
  const { log, refusal, trail } = setUp();
  for (let index = 0; index < 998; index += 1) log.add(refusal);
  for (let index = 0; index < 10; index += 1) log.add({ ...refusal, tenant: "globex" });
  await log.flush();
  expect(await trail()).toHaveLength(998);
  const other = await trail("globex");
  expect(other.map(({ action }) => action)).toEqual([
    "request-refused",
    "request-refused",
    "requests-refused",
  ]);
  expect(other[2]?.facts).toEqual({ count: 8 });
});

it("tells of a storage that fails, and goes on with the other tenants", async () => {
  const { log, refusal, trail, errors } = setUp((storage) => ({
    ...storage,
    tenant: (id) => {
      if (id === "acme") throw new Error("away");
      return storage.tenant(id);
    },
  }));
  log.add(refusal);
  log.add({ ...refusal, tenant: "globex" });
  await log.flush();
  expect(errors).toMatchObject([{ message: "away" }]);
  expect(await trail("globex")).toHaveLength(1);
});
