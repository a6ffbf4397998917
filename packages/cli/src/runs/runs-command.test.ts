import { postgres } from "@salesagent/storage-pg";
import { describe, expect, it } from "vitest";
import { commandLine, jsonLines } from "../testing/command-line.js";
import { useKeptRuns } from "../testing/kept-runs.js";
import { MAIL_REHEARSED, MEETING_REHEARSED, OUTSIDE_TENANT } from "../world/rehearsed-outside.js";

const kept = useKeptRuns();
const { salesagent, begin } = kept;

/** What the outside was asked to do, by the trail that stands for it. */
async function rehearsed(action: string): Promise<number> {
  const storage = postgres({ connectionString: kept.url });
  // It may be the first that looks.
  await storage.migrate();
  const { items } = await storage.tenant(OUTSIDE_TENANT).audit.list({ action }, { limit: 1_000 });
  await storage[Symbol.asyncDispose]();
  return items.length;
}

describe("salesagent runs, on a run that waits for a person", () => {
  it("goes from command to command to a meeting, and nothing is done twice", async () => {
    const [mails, meetings] = await Promise.all([rehearsed(MAIL_REHEARSED), rehearsed(MEETING_REHEARSED)]);
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
    expect(await rehearsed(MAIL_REHEARSED)).toBe(mails + 1);
    expect(await rehearsed(MEETING_REHEARSED)).toBe(meetings + 1);
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

describe("salesagent runs, on a case of customer service", () => {
  it("takes the customer's words and a colleague's, and no bare leave", async () => {
    const text = "I want my money back";
    await salesagent(["run", "service", "--text", text, "--store", "pg", "--run-id", "case", "--rehearse"]);
    const { stdout } = await salesagent(["runs", "show", "case"]);
    expect(stdout).toContain("It asks a person (topic). The customer wrote:\n  I want my money back");
    const leave = await salesagent(["runs", "approve", "case"]);
    expect([leave.exitCode, leave.stderr]).toEqual([2, expect.stringContaining('runs reply case "…"')]);
    await salesagent(["runs", "reply", "case", "You have it", "by Friday.", "--by", "user:42"]);
    const answered = await salesagent(["runs", "resume", "case"]);
    expect(answered.stdout).toContain("The customer was told:\n  You have it by Friday.");
    await salesagent(["runs", "reply", "case", "And how do I export a report?"]);
    const { stdout: told } = await salesagent(["runs", "resume", "case", "--json"]);
    expect(jsonLines(told).at(-1)).toMatchObject({ result: { reply: { sources: [{ id: "export" }] } } });
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
