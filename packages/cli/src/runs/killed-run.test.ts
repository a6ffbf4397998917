import { postgres } from "@salesagent/storage-pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../storage-pg/src/testing/test-database.js";
import { type CliProcesses, openCliProcesses } from "../testing/cli-processes.js";
import { MAIL_REHEARSED, MEETING_REHEARSED, OUTSIDE_TENANT } from "../world/rehearsed-outside.js";

let database: TestDatabase;
let processes: CliProcesses;
beforeAll(async () => {
  [database, processes] = await Promise.all([createTestDatabase(), openCliProcesses()]);
});
afterAll(async () => {
  await processes[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

it("a run whose process is killed is approved by another and booked once by a third", async () => {
  const env = { DATABASE_URL: database.url };
  const run = ["run", "bdr", "--example", "--rehearse", "--store", "pg", "--run-id", "killed", "--json"];
  const first = processes.start(run, env);
  await first.says('"approval-needed"');
  first.kill("SIGKILL");
  expect(await first.ended).toBeNull();

  const second = processes.start(["runs", "approve", "killed", "--by", "user:42"], env);
  await second.says("bdr_proposal is approved by user:42");
  expect(await second.ended).toBe(0);

  const third = processes.start(["runs", "work", "--rehearse"], env);
  await third.says("waits in reply");
  const lead = processes.start(["runs", "reply", "killed", "1"], env);
  expect(await lead.ended).toBe(0);
  await third.says("completed");
  third.kill("SIGINT");
  expect(await third.ended).toBe(0);

  const storage = postgres({ connectionString: database.url });
  const { audit } = storage.tenant(OUTSIDE_TENANT);
  const { flows } = storage.tenant("default");
  const done = (action: string) => audit.list({ action });
  expect((await done(MAIL_REHEARSED)).items).toHaveLength(1);
  expect((await done(MEETING_REHEARSED)).items).toHaveLength(1);
  expect(await flows.get("killed")).toMatchObject({ output: { outcome: { kind: "booked" } } });
  await storage[Symbol.asyncDispose]();
}, 60_000);
