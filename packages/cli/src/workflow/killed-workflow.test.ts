import { postgres } from "@salesagent/storage-pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../storage-pg/src/testing/test-database.js";
import { type CliProcesses, openCliProcesses } from "../testing/cli-processes.js";
import { LEAD_FILE, OUTREACH } from "../testing/workflow-files.js";
import { MAIL_REHEARSED, OUTSIDE_TENANT } from "../world/rehearsed-outside.js";

let database: TestDatabase;
let processes: CliProcesses;
beforeAll(async () => {
  [database, processes] = await Promise.all([createTestDatabase(), openCliProcesses()]);
});
afterAll(async () => {
  await processes[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

it("a workflow whose process is killed goes on in one that never saw its file, and sends one mail", async () => {
  const env = { DATABASE_URL: database.url };
  const run = ["workflow", "run", ...OUTREACH, "--input-file", LEAD_FILE, "--rehearse", "--json"];
  const first = processes.start([...run, "--store", "pg", "--run-id", "killed"], env);
  await first.says('"superstep":4,"nodes":["qualify"]');
  first.kill("SIGKILL");
  expect(await first.ended).toBeNull();

  const second = processes.start(["runs", "work", "--rehearse", "--agent", "workflow"], env);
  const storage = postgres({ connectionString: database.url });
  const { flows } = storage.tenant("default");
  await expect
    .poll(async () => (await flows.get("killed"))?.status, { timeout: 20_000, interval: 100 })
    .toBe("waiting");
  const third = processes.start(["runs", "approve", "killed", "--by", "user:42"], env);
  expect(await third.ended).toBe(0);
  await second.says("waits in reply");
  const lead = processes.start(["runs", "reply", "killed", "Gladly."], env);
  expect(await lead.ended).toBe(0);
  await second.says("completed");
  second.kill("SIGINT");
  expect(await second.ended).toBe(0);

  const mails = await storage.tenant(OUTSIDE_TENANT).audit.list({ action: MAIL_REHEARSED });
  expect(mails.items).toHaveLength(1);
  expect(await flows.get("killed")).toMatchObject({
    status: "completed",
    output: { output: { outcome: "answered", reply: "Gladly." } },
  });
  await storage[Symbol.asyncDispose]();
}, 60_000);
