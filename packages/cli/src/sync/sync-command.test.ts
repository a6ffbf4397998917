import { closeSandbox } from "@salesagent/sandbox/crm";
import { describe, expect, it } from "vitest";
import { commandLine, jsonLines } from "../testing/command-line.js";
import { addLead, useKeptClose } from "../testing/kept-close.js";

const kept = useKeptClose();
const ADA = { name: "Ada Byron", email: "ada@works.example", title: "CTO" };
const PG = ["--store", "pg"];

async function synced() {
  const [id = ""] = await addLead(kept.close, "Works", [ADA]);
  expect((await kept.salesagent("sync", "close", ...PG)).exitCode).toBe(0);
  return id;
}

describe("salesagent sync CRM", () => {
  it("plans the exact writes, makes them, and has nothing to write then", async () => {
    await addLead(kept.close, "Works", [ADA]);
    const plan = await kept.salesagent("sync", "close", "--plan", ...PG);
    expect(plan.exitCode).toBe(0);
    expect(plan.stdout).toMatch(/app +create +contact .*firstName: Ada; lastName: Byron/);
    expect(plan.stdout).toContain("Nothing was written.");
    expect((await kept.salesagent("crm", "list")).stdout).toContain("No records of contact.");
    const run = await kept.salesagent("sync", "close", ...PG);
    expect(run.stdout).toMatch(/Synced close in .* \(run /);
    expect((await kept.salesagent("crm", "list")).stdout).toMatch(/Ada Byron +ada@works.example +CTO/);
    const again = await kept.salesagent("sync", "close", "--plan", ...PG);
    expect(again.stdout).toBe("Nothing to write: the app and close are in step.\n");
    expect(kept.close.writes).toEqual([]);
  });

  it("speaks JSON: writes or events line by line, then a summary", async () => {
    await addLead(kept.close, "Works", [ADA]);
    const planned = jsonLines((await kept.salesagent("sync", "close", "--plan", "--json", ...PG)).stdout);
    expect(planned).toContainEqual(
      expect.objectContaining({ type: "write", side: "app", op: "create", kind: "company" }),
    );
    expect(planned.at(-1)).toMatchObject({ type: "summary", crm: "close", writes: 2 });
    const run = jsonLines((await kept.salesagent("sync", "close", "--json", ...PG)).stdout);
    expect(run[0]).toMatchObject({ type: "started", kinds: ["company", "contact", "deal"] });
    expect(run).toContainEqual(
      expect.objectContaining({ type: "progress", phase: "backfill", kind: "contact" }),
    );
    expect(run.at(-1)).toMatchObject({
      ...{ type: "summary", openConflicts: 0, openDeadLetters: 0, held: [] },
      run: { status: "completed", counts: { createdInApp: 2 } },
    });
  });

  it("shows progress on a terminal only, phase by phase", async () => {
    await addLead(kept.close, "Works", [ADA]);
    const env = { CLOSE_API_KEY: "api_sandbox" };
    const told = await commandLine(["sync", "close"], { env, fetch: kept.close.fetch, terminal: true });
    expect(told.stderr).toMatch(/reading all contact: 1 in /);
    expect(told.stderr).toContain("with --store memory nothing is kept");
    const quiet = await commandLine(["sync", "close"], { env, fetch: kept.close.fetch });
    expect(quiet.stderr).not.toContain("reading");
  });

  it("carries the app's records to the CRM, and only those kinds and ways that are asked for", async () => {
    await kept.importCsv("contact", "email,First Name,Last Name\nbo@x.example,Bo,Derek\n");
    await kept.salesagent("sync", "close", "--direction", "to-app", ...PG);
    await kept.salesagent("sync", "close", "--kinds", "company,deal", ...PG);
    expect(kept.close.standing("contact")).toEqual([]);
    await kept.salesagent("sync", "close", ...PG);
    expect(kept.close.standing("contact")).toMatchObject([{ name: "Bo Derek" }]);
  });

  it("tells what is wrong with the words, and what failed with the CRM", async () => {
    const none = await commandLine(["sync", "close"]);
    expect(none).toMatchObject({ exitCode: 2 });
    expect(none.stderr).toContain("set CLOSE_API_KEY, or try it with `salesagent sandbox crm close`");
    const unknown = await commandLine(["sync", "hubspto"]);
    expect(unknown).toMatchObject({ exitCode: 2 });
    expect(unknown.stderr).toContain('did you mean "hubspot"?');
    expect((await commandLine(["sync"])).stderr).toContain("Which CRM?");
    const kind = await kept.salesagent("sync", "close", "--kinds", "contacts");
    expect(kind.stderr).toContain('--kinds must be one of company, contact, deal; got "contacts"');
    const refused = closeSandbox({ apiKeys: ["api_other"] });
    const env = { CLOSE_API_KEY: "api_sandbox" };
    const failed = await commandLine(["sync", "close"], { env, fetch: refused.fetch });
    expect(failed).toMatchObject({ exitCode: 1 });
    expect(failed.stderr).toContain("service.auth");
    expect(failed.stderr).not.toContain("api_sandbox");
  });

  it("holds many removals with a warning until a person allows them", async () => {
    const people = Array.from({ length: 12 }, (_, at) => ({ name: `P ${at}`, email: `p${at}@x.example` }));
    const ids = await addLead(kept.close, "Works", people);
    await kept.salesagent("sync", "close", ...PG);
    for (const id of ids) await kept.close.act("DELETE", `/contact/${id}/`);
    const held = await kept.salesagent("sync", "close", ...PG);
    expect(held).toMatchObject({ exitCode: 0 });
    expect(held.stderr).toContain("12 of 12 contact records would be removed; none was.");
    expect((await kept.salesagent("sync", "status", "--json")).stdout).toContain('"heldRemovals":12');
    const plan = await kept.salesagent("sync", "close", "--plan", ...PG);
    expect(plan.stdout).toMatch(/app +remove \(held\) +contact +12/);
    const allowed = await kept.salesagent("sync", "allow-removals", "close", "contact", "--by", "user:42");
    expect(allowed.stdout).toContain("12 removals of contact records are allowed by user:42");
    await kept.salesagent("sync", "close", ...PG);
    expect((await kept.salesagent("crm", "list")).stdout).toContain("No records of contact.");
  });
});

describe("salesagent sync status, history, entries", () => {
  it("tell how a CRM stands, its runs, and what was decided on a record", async () => {
    const empty = await kept.salesagent("sync", "status");
    expect(empty.stdout).toContain("Nothing was synced yet.");
    await synced();
    const status = await kept.salesagent("sync", "status");
    expect(status.stdout).toMatch(/close +completed/);
    expect(status.stdout).toMatch(/close +contact +linked +1 +0/);
    const history = jsonLines((await kept.salesagent("sync", "history", "close", "--json")).stdout);
    expect(history).toMatchObject([{ status: "completed", trigger: "manual" }]);
    const entries = await kept.salesagent("sync", "entries", "close", "--kind", "contact");
    expect(entries.stdout).toMatch(/close +contact +created-in-app/);
  });

  it("need a store that lasts", async () => {
    const outcome = await commandLine(["sync", "status"]);
    expect(outcome).toMatchObject({ exitCode: 2 });
    expect(outcome.stderr).toContain("set DATABASE_URL");
  });
});

describe("salesagent conflicts", () => {
  async function inConflict() {
    const id = await synced();
    await kept.importCsv("contact", "email,firstName\nada@works.example,Augusta\n");
    await kept.close.act("PUT", `/contact/${id}/`, { name: "Adele Byron" });
    const run = await kept.salesagent("sync", "close", ...PG);
    expect(run.stdout).toContain("\n1 conflict is open: salesagent conflicts list\n");
    const listed = jsonLines((await kept.salesagent("conflicts", "--json")).stdout);
    const found = listed.find(({ field }) => field === "firstName");
    expect(found).toMatchObject({ base: "Ada", app: "Augusta", crm: "Adele", status: "open" });
    return { id, conflict: String(found?.["id"]) };
  }

  it("are listed, shown by a part of their id, and settled by a person; both sides have it then", async () => {
    const { id, conflict } = await inConflict();
    expect((await kept.salesagent("conflicts", "list")).stdout).toMatch(/firstName +Augusta +Adele +open/);
    const shown = await kept.salesagent("conflicts", "show", conflict.slice(-10));
    expect(shown.stdout).toMatch(/agreed +Ada/);
    const settled = await kept.salesagent(
      "conflicts",
      "resolve",
      conflict,
      "--take",
      "app",
      "--by",
      "user:42",
    );
    expect(settled.stdout).toContain("firstName: the value of app is taken, by user:42");
    await kept.salesagent("sync", "close", ...PG);
    expect(kept.close.find("contact", id)).toMatchObject({ name: "Augusta Byron" });
    expect((await kept.salesagent("conflicts")).stdout).toBe("No conflicts are open.\n");
    const again = await kept.salesagent("conflicts", "resolve", conflict, "--take", "crm");
    expect(again).toMatchObject({ exitCode: 2 });
    expect(again.stderr).toContain("is resolved already");
  });

  it("are settled by another value, and by one choice only", async () => {
    const { id, conflict } = await inConflict();
    const both = await kept.salesagent("conflicts", "resolve", conflict, "--take", "app", "--value", "Ada");
    expect(both).toMatchObject({ exitCode: 2 });
    await kept.salesagent("conflicts", "resolve", conflict, "--value", "Ada Augusta");
    await kept.salesagent("sync", "close", ...PG);
    expect(String(kept.close.find("contact", id)?.["name"])).toMatch(/^Ada Augusta/);
    const nobody = await kept.salesagent("conflicts", "show", "nobody");
    expect(nobody.stderr).toContain("There is no conflict nobody of this tenant.");
  });
});

describe("salesagent dlq", () => {
  async function refused() {
    await synced();
    const [company] = jsonLines((await kept.salesagent("crm", "list", "--kind", "company", "--json")).stdout);
    const deal = `id,amountMinor,stageId,links.company\nD-1,125000,stat_nowhere,${company?.["id"]}\n`;
    await kept.importCsv("deal", deal);
    const run = await kept.salesagent("sync", "close", ...PG);
    expect(run.stdout).toContain("1 dead letter is open: salesagent dlq list");
    const [letter] = jsonLines((await kept.salesagent("dlq", "--json")).stdout);
    return String(letter?.["id"]);
  }

  it("shows what was refused and why, and replays it once the cause is mended", async () => {
    const id = await refused();
    expect((await kept.salesagent("dlq", "list")).stdout).toMatch(
      /close +deal +create, 1×.*crm.field_invalid/,
    );
    expect((await kept.salesagent("dlq", "show", id)).stdout).toContain("stageId: stat_nowhere");
    const stages = await kept.close.act("GET", "/status/opportunity/");
    const [stage] = stages["data"] as readonly { readonly id: string }[];
    await kept.importCsv("deal", `id,stageId\nD-1,${stage?.id}\n`);
    const replayed = await kept.salesagent("dlq", "replay", id, "--by", "user:42");
    expect(replayed.stdout).toContain("it is tried again by: salesagent sync close");
    await kept.salesagent("sync", "close", ...PG);
    expect(kept.close.standing("opportunity")).toMatchObject([{ value: 125_000, status_id: stage?.id }]);
    const [letter] = jsonLines((await kept.salesagent("dlq", "--status", "all", "--json")).stdout);
    expect(letter).toMatchObject({ id, status: "replayed", endedBy: "user:42" });
  });

  it("has no letter of a deal that hangs on no company, which the run tells to wait", async () => {
    await kept.importCsv("deal", "id,amountMinor\nD-1,125000\n");
    const run = await kept.salesagent("sync", "close", "--kinds", "deal", ...PG);
    expect(run.stdout).toContain("1 deal record is not in close yet, and is tried again");
    expect((await kept.salesagent("dlq")).stdout).toBe("No dead letters are open.\n");
  });

  it("drops one, once", async () => {
    const id = await refused();
    expect((await kept.salesagent("dlq", "drop", id)).stdout).toBe(`The dead letter ${id} is dropped.\n`);
    expect((await kept.salesagent("dlq")).stdout).toBe("No dead letters are open.\n");
    expect(await kept.salesagent("dlq", "drop", id)).toMatchObject({ exitCode: 2 });
  });
});
