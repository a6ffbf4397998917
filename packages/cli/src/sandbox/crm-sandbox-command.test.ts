import { describe, expect, it } from "vitest";
import { commandLine, jsonLines } from "../testing/command-line.js";
import { madeUpAccounts } from "./made-up-accounts.js";

/** Runs some work while a sandbox listens, with what it says of itself. */
async function withSandbox(
  args: readonly string[],
  work: (told: Record<string, unknown>) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  let tell: (line: string) => void = () => {};
  const said = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const running = commandLine(["sandbox", "crm", ...args, "--json"], { signal: stop.signal, onWrite: tell });
  try {
    await work(jsonLines(await said)[0] ?? {});
  } finally {
    stop.abort(new Error("enough"));
  }
  expect((await running).exitCode).toBe(0);
}

describe("salesagent sandbox crm", () => {
  it.each([
    ["close", "CLOSE_API_KEY", 14],
    ["hubspot", "HUBSPOT_TOKEN", 14],
    ["apollo", "APOLLO_API_KEY", 14],
  ])("serves a made-up %s that a sync plans from", async (crm, variable, writes) => {
    await withSandbox([crm, "--contacts", "10"], async (told) => {
      expect(told).toMatchObject({ crm, variable, contacts: 10, companies: 3 });
      const env = { [variable]: String(told["credential"]) };
      const plan = await commandLine(["sync", crm, "--plan", "--json", "--url", String(told["url"])], {
        env,
      });
      expect(plan.exitCode).toBe(0);
      const lines = jsonLines(plan.stdout);
      expect(lines.filter(({ kind }) => kind === "contact")).toHaveLength(10);
      expect(lines.at(-1)?.["writes"]).toBeLessThan(writes);
    });
  });

  it("tells which CRMs there are", async () => {
    const outcome = await commandLine(["sandbox", "crm", "salesforce"]);
    expect(outcome).toMatchObject({ exitCode: 2 });
    expect(outcome.stderr).toContain("One of close, hubspot, apollo");
  });
});

describe("made-up accounts", () => {
  it("are equal for equal seeds, as many as asked for, and nobody's", () => {
    const made = [...madeUpAccounts(21, 7)];
    expect(made).toEqual([...madeUpAccounts(21, 7)]);
    expect(made).not.toEqual([...madeUpAccounts(21, 8)]);
    const emails = made.flatMap(({ contacts }) => contacts.map(({ email }) => email));
    expect(new Set(emails).size).toBe(21);
    expect(emails.every((email) => email.endsWith(".example"))).toBe(true);
  });
});
