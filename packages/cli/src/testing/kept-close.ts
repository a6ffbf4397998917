import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloseSandbox, closeSandbox } from "@salesagent/sandbox/crm";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { CommandOutcome } from "./command-line.js";
import { useKeptRuns } from "./kept-runs.js";

/** Command lines over a database of a test file's own, and a Close of each test's own. */
export interface KeptClose {
  readonly close: CloseSandbox;
  salesagent(...args: readonly string[]): Promise<CommandOutcome>;
  /** Writes a file, and puts what stands in it into the app. */
  importCsv(kind: string, text: string, ...args: readonly string[]): Promise<CommandOutcome>;
  /** A path in the test file's own folder. */
  path(name: string): string;
}

/** Sets up a database, a folder, and a Close whose searches are never behind for each test. */
export function useKeptClose(): KeptClose {
  const kept = useKeptRuns();
  let folder = "";
  let close = closeSandbox();
  let files = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "salesagent-records-"));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    close = closeSandbox({ indexLagMs: 0 });
  });
  const tools: KeptClose = {
    get close() {
      return close;
    },
    path: (name) => join(folder, name),
    salesagent: (...args) =>
      kept.salesagent(args, {
        env: { DATABASE_URL: kept.url, CLOSE_API_KEY: "api_sandbox" },
        fetch: close.fetch,
      }),
    async importCsv(kind, text, ...args) {
      files += 1;
      const file = tools.path(`${files}.csv`);
      await writeFile(file, text);
      const rejects = tools.path(`${files}.rejects.csv`);
      return tools.salesagent("crm", "import", file, "--kind", kind, "--rejects", rejects, ...args);
    },
  };
  return tools;
}

/** A lead with people, as a user of Close makes it. @returns The ids of the people. */
export async function addLead(
  close: CloseSandbox,
  name: string,
  contacts: readonly { readonly name: string; readonly email: string; readonly title?: string }[],
): Promise<readonly string[]> {
  const lead = await close.act("POST", "/lead/", {
    name,
    contacts: contacts.map(({ email, ...contact }) => ({ ...contact, emails: [{ email, type: "office" }] })),
  });
  return (lead["contacts"] as readonly { readonly id: string }[]).map(({ id }) => id);
}
