import { afterAll, beforeAll, beforeEach } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../storage-pg/src/testing/test-database.js";
import { type CommandOutcome, type CommandSetting, commandLine } from "./command-line.js";

/** Command lines over a database of a test file's own. */
export interface KeptRuns {
  /** Of this test: what another left waiting is none of its business. */
  readonly tenant: string;
  readonly url: string;
  /** Each call is a process of its own, as far as runs can tell: a storage, a worker and a sandbox of its own. */
  salesagent(args: readonly string[], setting?: CommandSetting): Promise<CommandOutcome>;
  /** Begins a run of the BDR agent, which waits for a person. */
  begin(runId: string): Promise<CommandOutcome>;
}

/** Sets up the database of a test file, and a tenant for each test. */
export function useKeptRuns(): KeptRuns {
  let database: TestDatabase | undefined;
  let tenants = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.[Symbol.asyncDispose]());
  beforeEach(() => {
    tenants += 1;
  });
  const kept: KeptRuns = {
    get tenant() {
      return `tenant-${tenants}`;
    },
    get url() {
      return database?.url ?? "";
    },
    salesagent: (args, setting = {}) =>
      commandLine([...args, "--tenant", kept.tenant], { env: { DATABASE_URL: kept.url }, ...setting }),
    begin: (runId) => kept.salesagent(["run", "bdr", "--example", "--store", "pg", "--run-id", runId]),
  };
  return kept;
}
