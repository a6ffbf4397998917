import { durableFlows, END, field, START, StateGraph } from "@salesagent/core/graph";
import { startSandbox } from "@salesagent/sandbox";
import { postgres } from "@salesagent/storage-pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../storage-pg/src/testing/test-database.js";
import { commandLine, jsonLines } from "../testing/command-line.js";

let database: TestDatabase;
let tenant = "";
let tenants = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());
// What one test leaves waiting is no business of another.
beforeEach(() => {
  tenants += 1;
  tenant = `tenant-${tenants}`;
});

/** Each call is a process of its own, as far as runs can tell: a storage, a worker and a sandbox of its own. */
async function salesagent(args: readonly string[], setting = {}) {
  const env = { DATABASE_URL: database.url };
  const [word = "", ...rest] = args;
  return commandLine([word, ...rest, "--tenant", tenant], { env, ...setting });
}

const begin = (runId: string) => salesagent(["run", "bdr", "--example", "--store", "pg", "--run-id", runId]);

/** What the outside was asked to do, by the trail that stands for it. */
async function rehearsed(action: string): Promise<number> {
  const storage = postgres({ connectionString: database.url });
  const { items } = await storage.tenant("rehearsal-outside").audit.list({ action }, { limit: 1_000 });
  await storage[Symbol.asyncDispose]();
  return items.length;
}

describe("salesagent runs, on a run that waits for a person", () => {
  it("goes from command to command to a meeting, and nothing is done twice", async () => {
    const [mails, meetings] = await Promise.all([
      rehearsed("mail-rehearsed"),
      rehearsed("meeting-rehearsed"),
    ]);
    const begun = await begin("booking");
    expect(begun.exitCode).toBe(3);
    expect(begun.stdout).toMatch(/salesagent runs approve apr_\S+/);
    expect(begun.stdout).toContain("salesagent runs resume booking, or salesagent runs work");

    const approved = await salesagent(["runs", "approve", "booking", "--by", "user:42"]);
    expect(approved.stdout).toMatch(/^bdr_proposal is approved by user:42 \(apr_/);
    const sent = await salesagent(["runs", "resume", "booking"]);
    expect(sent.exitCode).toBe(3);
    expect(sent.stdout).toMatch(/goes on after step 2\n[\s\S]*propose +proposal bo@works\.example/);
    expect(sent.stdout).toContain('salesagent runs reply booking 1 | other | no | "the words of a mail"');

    const replied = await salesagent(["runs", "reply", "booking", "2"]);
    expect(replied.stdout).toContain("The answer is with the run booking");
    const booked = await salesagent(["runs", "resume", "booking", "--json"]);
    expect(booked.exitCode).toBe(0);
    expect(jsonLines(booked.stdout).at(-1)).toMatchObject({
      ...{ type: "result", status: "completed", simulated: true, costUsd: 0 },
      result: { outcome: { kind: "booked" } },
    });
    expect(await rehearsed("mail-rehearsed")).toBe(mails + 1);
    expect(await rehearsed("meeting-rehearsed")).toBe(meetings + 1);
  });

  it("shows all that is known of a run", async () => {
    await begin("shown");
    const waiting = await salesagent(["runs", "show", "shown"]);
    expect(waiting.stdout).toMatch(/^bdr · run shown · waiting · a rehearsal, all of it is simulated\n/);
    expect(waiting.stdout).toMatch(/1 +\d{4}-\S+ \S+ +\d+ m?s +qualify +calendar +qualification \d+/);
    expect(waiting.stdout).toMatch(/apr_\S+ +bdr_proposal +pending/);
    expect(waiting.stdout).toContain("subject: [simulated] A meeting");
    await salesagent(["runs", "approve", "shown", "--by", "user:42"]);
    await salesagent(["runs", "resume", "shown", "--quiet"]);
    const { stdout } = await salesagent(["runs", "show", "shown"]);
    expect(stdout).toMatch(/apr_\S+ +bdr_proposal +used +user:42/);
    expect(stdout).toMatch(/bdr_proposal +bo@works\.example +done +1/);
    expect(stdout).toMatch(
      /Agents that worked for it\n[\s\S]*qualification +completed[\s\S]*bdr-proposal +completed +vllm\/sandbox +\$0/,
    );
    const facts = JSON.parse((await salesagent(["runs", "show", "shown", "--json"])).stdout) as object;
    expect(facts).toMatchObject({
      ...{ kind: "graph", simulated: true, costUsd: 0, run: { id: "shown", status: "waiting" } },
      ...{ steps: [{ step: 1 }, { step: 2 }, { step: 3 }], effects: [{ status: "done", attempts: 1 }] },
      waitsFor: [{ kind: "event", name: "reply" }],
    });
  });

  it("sends what the person made of it, and refuses an edit before anything is decided", async () => {
    await begin("edited");
    const approve = (edit: object) =>
      salesagent(["runs", "approve", "edited", "--edit", JSON.stringify(edit)]);
    expect((await approve({ subjct: "x" })).stderr).toContain(
      'no "subjct" to edit; there is to, subject, text',
    );
    const slip = await approve({ to: "nobody" });
    expect(slip.stderr).toMatch(/to: .*e-mail/);
    expect(slip.exitCode).toBe(2);
    expect((await approve({ subject: "Half an hour?" })).stdout).toContain("edited");
    const { stdout } = await salesagent(["runs", "resume", "edited", "--json"]);
    expect(stdout).toContain('"subject":"Half an hour?"');
  });

  it("ends a run that a person refuses", async () => {
    await begin("refused");
    expect((await salesagent(["runs", "refuse", "refused"])).stderr).toContain("A refusal needs a reason");
    await salesagent(["runs", "refuse", "refused", "--reason", "too early", "--by", "user:42"]);
    const { stdout, exitCode } = await salesagent(["runs", "resume", "refused"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("kind: refused\n  reason: too early");
    const again = await salesagent(["runs", "approve", "refused"]);
    expect(again.stderr).toContain("waits for no approval");
  });

  it("ends a run for good", async () => {
    await begin("cancelled");
    const args = ["runs", "cancel", "cancelled", "--by", "user:42", "--reason", "they called us"];
    const { stdout, exitCode } = await salesagent(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("by user:42: they called us");
    expect((await salesagent(["runs", "show", "cancelled"])).stdout).toMatch(/cancelled · a rehearsal/);
    const again = await salesagent(args);
    expect([again.exitCode, again.stderr]).toEqual([2, expect.stringContaining("it has ended already")]);
    expect((await salesagent(["runs", "retry", "cancelled"])).stderr).toContain("only one that failed");
  });

  it("decides nothing in a rehearsal's name with real models, nor the other way round", async () => {
    await begin("apart");
    const model = ["--model", "ollama/qwen3"];
    const { stderr, exitCode } = await salesagent(["runs", "resume", "apart", ...model]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("The run apart is a rehearsal")]);
  });
});

describe("salesagent runs list", () => {
  it("lists both kinds of runs, told apart, the latest first", async () => {
    await salesagent(["run", "qualification", "--company", "Figma", "--store", "pg"]);
    await begin("listed");
    const { stdout } = await salesagent(["runs"]);
    const [title, , first, second, ...rest] = stdout.trim().split("\n");
    expect(title).toMatch(/Run +Kind +Agent +State +Begun +Cost +Waits for/);
    expect(first).toMatch(/^listed +graph +bdr \(rehearsal\) +waiting .* approval:apr_/);
    expect(second).toMatch(/agent +qualification +completed .* \$0/);
    expect(rest).toEqual([]);
    const all = jsonLines((await salesagent(["runs", "list", "--all", "--json"])).stdout);
    expect(all.filter(({ parentId }) => parentId === "listed")).toHaveLength(2);
  });

  it("lists those of one state, or of one agent, and no more than it is told to", async () => {
    await begin("one");
    await begin("two");
    await salesagent(["runs", "cancel", "one"]);
    const ids = async (...args: readonly string[]) =>
      jsonLines((await salesagent(["runs", "list", "--json", ...args])).stdout).map(({ id }) => id);
    expect(await ids("--status", "waiting")).toEqual(["two"]);
    expect(await ids("--agent", "bdr")).toEqual(["two", "one"]);
    expect(await ids("--limit", "1")).toEqual(["two"]);
    expect((await salesagent(["runs", "list", "--agent", "growth"])).stdout).toContain("No runs.");
  });

  it("keeps tenants apart", async () => {
    await begin("mine");
    tenant = "another";
    expect((await salesagent(["runs"])).stdout).toContain("No runs.");
    expect((await salesagent(["runs", "show", "mine"])).stderr).toContain(
      'no run mine of the tenant "another"',
    );
  });

  it("finds a run by the end of its id, and says where several fit", async () => {
    await begin("run-0001");
    await begin("run-0002");
    expect((await salesagent(["runs", "show", "0002"])).stdout).toContain("run run-0002");
    expect((await salesagent(["runs", "show", "run-000"])).stderr).toContain(
      "Several fit: run-0002, run-0001",
    );
  });
});

describe("salesagent runs work", () => {
  it("goes on with what was answered, until it is interrupted", async () => {
    await begin("worked");
    const interrupt = new AbortController();
    let said = "";
    const onWrite = (text: string) => {
      said += text;
      if (said.includes("completed\n")) interrupt.abort(new Error("Interrupted"));
    };
    const working = salesagent(["runs", "work", "--agent", "bdr"], { signal: interrupt.signal, onWrite });
    await salesagent(["runs", "approve", "worked"]);
    await expect
      .poll(() => said, { timeout: 10_000 })
      .toContain("waits in reply: salesagent runs show worked");
    await salesagent(["runs", "reply", "worked", "1"]);
    const { exitCode, stderr } = await working;
    expect(exitCode).toBe(0);
    expect(stderr).toContain("Works on rehearsals of bdr.");
    expect(stderr).toContain("Takes no more runs");
    expect(said).toMatch(/worked +\d\.\d\d s {2}book +meeting/);
  });

  it("never works on a run of another program, which can be answered all the same", async () => {
    const storage = postgres({ connectionString: database.url });
    const flows = durableFlows({ storage, work: "elsewhere" });
    const theirs = new StateGraph({ lead: field<string>() })
      .addNode("mail", (_state, context) => ({ lead: String(context.interrupt("mail?")) }))
      .addEdge(START, "mail")
      .addEdge("mail", END)
      .compile({ name: "bdr", checkpointer: flows });
    const waited = theirs.invoke(
      { lead: "bo" },
      { tenant, runId: "theirs", signal: AbortSignal.timeout(10) },
    );
    await expect(waited).rejects.toThrow();

    const resumed = await salesagent(["runs", "resume", "theirs"]);
    expect([resumed.exitCode, resumed.stderr]).toEqual([
      2,
      expect.stringContaining("begun by another program"),
    ]);
    const interrupt = new AbortController();
    const working = salesagent(["runs", "work"], { signal: interrupt.signal });
    await begin("ours");
    await salesagent(["runs", "cancel", "ours"]);
    interrupt.abort(new Error("Interrupted"));
    await working;
    expect(await theirs.getState("theirs", { tenant })).toMatchObject({ status: "pending" });
    const { stdout } = await salesagent(["runs", "cancel", "theirs"]);
    expect(stdout).toContain("The end of the run theirs is asked for.");
    expect((await salesagent(["runs"])).stdout).toMatch(/theirs +graph +bdr +pending, is to end/);
    await flows[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });
});

describe("salesagent runs retry", () => {
  it("goes on from the last finished step, with what failed put right", async () => {
    const refusal = { type: "status", reason: "auth" } as const;
    await using sandbox = await startSandbox({
      script: { text: '{"findings":[]}' },
      faults: [{ fault: refusal }],
    });
    const model = ["--model", "cerebras/gpt-oss-120b", "--base-url", sandbox.url("cerebras")];
    const args = ["run", "growth", "--goal", "Upsell", "--store", "pg", "--run-id", "failed", ...model];
    const failed = await salesagent(args);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain("salesagent runs retry failed");
    expect((await salesagent(["runs", "show", "failed"])).stdout).toContain("graph.node_failed");
    const rehearsal = await salesagent(["runs", "retry", "failed"]);
    expect([rehearsal.exitCode, rehearsal.stderr]).toEqual([2, expect.stringContaining("asks real models")]);
    const { stdout, exitCode } = await salesagent(["runs", "retry", "failed", "--json", ...model]);
    const result = jsonLines(stdout).at(-1);
    expect(result).toMatchObject({ status: "completed", result: { stopped: "max-rounds" } });
    expect(result).not.toHaveProperty("simulated");
    expect(exitCode).toBe(0);
  });
});

describe("salesagent runs, where there is nothing", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["an unknown command", ["runs", "shwo"], /no command "runs shwo"; did you mean "show"\?/],
    ["a memory store", ["runs", "list", "--store", "memory"], /Runs of --store memory end with the process/],
    ["no run", ["runs", "show"], /Which run\?/],
    ["an unknown run", ["runs", "show", "gone"], /There is no run gone .*runs list/],
    ["an unknown approval", ["runs", "approve", "gone"], /no approval, and no run of a graph, gone/],
    ["a reply without words", ["runs", "reply", "gone"], /runs reply RUN ANSWER/],
    ["an edit that is none", ["runs", "approve", "gone", "--edit", "Hello"], /An edit is a JSON object/],
    ["a state that there is not", ["runs", "list", "--status", "wating"], /did you mean "waiting"/],
    ["an agent that there is not", ["runs", "work", "--agent", "brd"], /no agent "brd"; did you mean "bdr"/],
  ])("refuses %s", async (_, args, message) => {
    const { exitCode, stderr } = await salesagent(args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it("says what is needed without a database", async () => {
    const { exitCode, stderr } = await commandLine(["runs", "list"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("DATABASE_URL")]);
  });

  it("helps with itself and with each of its commands", async () => {
    const { stdout } = await commandLine(["runs", "--help"]);
    for (const [, word] of stdout.matchAll(/^ {2}runs (\w+)/gm)) {
      const help = await commandLine(["runs", word ?? "", "--help"]);
      expect(help.stdout).toContain(`Usage: salesagent runs ${word}`);
    }
    expect(stdout).toContain("runs approve");
  });
});
