import { describe, expect, it } from "vitest";
import { type CommandSetting, commandLine, typing } from "../testing/command-line.js";

const run = (args: readonly string[], setting: CommandSetting = {}) => commandLine(["run", ...args], setting);

describe("salesagent run, for a run that waits", () => {
  it("asks the person at the terminal, and what they change is what goes out", async () => {
    const stdin = typing("perhaps", "refuse", 'edit {"subject": "Half an hour?"}', "9", "2");
    const { stdout, exitCode } = await run(["bdr", "--example"], { stdin, terminal: true });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("It waits for a person to allow bdr_proposal:");
    expect(stdout).toContain('"perhaps" is none of approve');
    expect(stdout).toContain("A refusal needs a reason");
    expect(stdout).toContain("There is no time 9; 3 were offered.");
    expect(stdout).toMatch(/proposal\n {2}to: bo@works\.example\n {2}subject: Half an hour\?/);
    expect(stdout).toContain("kind: booked");
  });

  it.each<[string, readonly string[], { readonly kind: string; readonly reason?: string }]>([
    ["a person who refuses", ["refuse too early"], { kind: "refused", reason: "too early" }],
    ["a lead who declines", ["approve", "no, thanks"], { kind: "declined", reason: "thanks" }],
    ["a lead who writes a mail", ["approve", "Number 1 suits me"], { kind: "booked" }],
    ["a lead who wants other times", ["approve", "other", "approve", "1"], { kind: "booked" }],
  ])("ends as %s says", async (_, lines, outcome) => {
    const { stdout, exitCode } = await run(["bdr", "--example"], { stdin: typing(...lines), terminal: true });
    expect(stdout).toContain(`outcome\n  kind: ${outcome.kind}`);
    if (outcome.reason !== undefined) expect(stdout).toContain(`reason: ${outcome.reason}`);
    expect(exitCode).toBe(0);
  });

  it("serves a customer, asks a person where that is not enough, and waits for the next message", async () => {
    const stdin = typing("I want my money back", "", "You have it by Friday.");
    const text = ["--text", "How do I export a report?", "--by", "user:42"];
    const { stdout, exitCode } = await run(["service", ...text], { stdin, terminal: true });
    expect(stdout).toContain("The customer was told:\n  [simulated] Our help pages tell how.");
    expect(stdout).toContain("It asks a person (topic). The customer wrote:\n  I want my money back");
    expect(stdout).toContain("An answer has words.");
    expect(stdout).toContain("The customer was told:\n  You have it by Friday.");
    expect(exitCode).toBe(3);
  });

  it("says that nobody can answer what only this process keeps", async () => {
    for (const setting of [{}, { stdin: typing(), terminal: true }]) {
      const { stdout, exitCode } = await run(["bdr", "--example"], setting);
      expect(exitCode).toBe(3);
      expect(stdout).toMatch(/waiting after/);
      expect(stdout).toContain("with --store memory it ends with this process");
    }
  });

  it("ends with its process when it is interrupted", async () => {
    const interrupt = new AbortController();
    const onWrite = (text: string) => {
      if (text.includes("qualify")) interrupt.abort(new Error("Interrupted"));
    };
    const { exitCode, stderr } = await run(["bdr", "--example"], { signal: interrupt.signal, onWrite });
    expect(exitCode).toBe(130);
    expect(stderr).toContain("The run is cancelled: with --store memory it ends with this process");
  });

  it("lets go of a terminal that it waits at", async () => {
    const interrupt = new AbortController();
    let isDestroyed = false;
    const stdin = {
      isTTY: true,
      async *[Symbol.asyncIterator]() {
        interrupt.abort(new Error("Interrupted"));
        yield await new Promise<string>(() => {});
      },
      destroy: () => {
        isDestroyed = true;
      },
    };
    const setting = { stdin, terminal: true, signal: interrupt.signal };
    expect((await run(["bdr", "--example"], setting)).exitCode).toBe(130);
    expect(isDestroyed).toBe(true);
  });
});
