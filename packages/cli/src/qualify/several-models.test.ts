import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "@salesagent/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ServedModel } from "../render/report-data.js";
import { commandLine } from "../testing/command-line.js";

let folder = "";
let leads = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "salesagent-several-"));
  leads = join(folder, "leads.csv");
  await writeFile(
    leads,
    "Company,Website,Country,Employees,Industry\nFigma,figma.com,US,800,Software\nLinear,linear.app,US,80,Software\n",
  );
});
afterAll(() => rm(folder, { recursive: true }));

const qualify = (...args: readonly string[]) => commandLine(["qualify", leads, ...args]);

/** Anthropic's schemas hold no bounds, so that what a sandbox makes up from one may lie outside of ours. */
const script = {
  text: JSON.stringify({
    score: 60,
    confidence: 0.5,
    reasons: ["simulated"],
    missing: [],
    nextAction: "nurture",
  }),
};
const PAIR = "openai/gpt-5.4-mini,anthropic/claude-sonnet-5-5";
const summaryOf = (stdout: string) =>
  JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
    readonly engines: object;
    readonly costUsd: number;
    readonly served?: readonly ServedModel[];
  };

describe("salesagent qualify with several models", () => {
  it("goes on with the second where the first refuses, and accounts for both", async () => {
    const fault = { type: "status", reason: "auth" } as const;
    await using sandbox = await startSandbox({
      script,
      faults: [{ on: ({ vendor }) => vendor === "openai", times: Number.POSITIVE_INFINITY, fault }],
    });
    const { stdout, stderr } = await qualify(
      ...["--model", PAIR, "--base-url", `openai=${sandbox.url("openai")}`],
      ...["--base-url", `anthropic=${sandbox.url("anthropic")}`, "--policy", "best", "--json"],
    );
    const { engines, costUsd, served } = summaryOf(stdout);
    expect(stderr).toBe("");
    expect(engines).toEqual({ model: 2 });
    const [refused, answered] = served ?? [];
    expect(refused).toMatchObject({
      model: "openai/gpt-5.4-mini",
      completed: 0,
      costUsd: 0,
      breaker: "open",
    });
    expect(refused?.errors).toEqual({ "model.auth": refused?.failed });
    expect(answered).toMatchObject({ completed: 2, failed: 0, costUsd });
  });

  it("shows while it streams that another model writes an answer anew", async () => {
    const fault = { type: "cut", afterEvents: 3 } as const;
    await using sandbox = await startSandbox({
      script: { ...script, chunks: [script.text.slice(0, 80), script.text.slice(80)] },
      faults: [{ on: ({ vendor }) => vendor === "openai", fault }],
    });
    const { stdout } = await qualify(
      ...["--model", PAIR, "--base-url", `openai=${sandbox.url("openai")}`, "--concurrency", "1"],
      ...["--base-url", `anthropic=${sandbox.url("anthropic")}`, "--policy", "best"],
    );
    expect(stdout).toContain("↻ model.stream_cut: anthropic/claude-sonnet-5-5 writes it anew");
    expect(stdout).toMatch(/Figma +↻ model\.stream_cut at openai\/gpt-5\.4-mini · simulated/);
    expect(stdout).toMatch(/Who served what +Tries/);
  });

  it("takes models repeated as well as with commas, and one model with a policy as a router", async () => {
    await using sandbox = await startSandbox({ script });
    const both = [
      ...["--base-url", `openai=${sandbox.url("openai")}`],
      ...["--base-url", `anthropic=${sandbox.url("anthropic")}`],
    ];
    const [first = "", second = ""] = PAIR.split(",");
    const repeated = await qualify("--model", first, "--model", second, ...both, "--json");
    expect(summaryOf(repeated.stdout).served).toHaveLength(2);
    const openai = ["--model", first, "--base-url", sandbox.url("openai"), "--json"];
    expect(summaryOf((await qualify(...openai)).stdout).served?.[0]).not.toHaveProperty("breaker");
    const routed = await qualify(...openai, "--policy", "cheapest");
    expect(summaryOf(routed.stdout).served).toMatchObject([
      { model: first, completed: 2, breaker: "closed" },
    ]);
  });

  it("asks the cheaper model when the dearer one does not fit the budget, and the rules when none does", async () => {
    await using sandbox = await startSandbox({ script });
    const args = [
      ...["--model", "anthropic/claude-opus-5-5,openai/gpt-5-nano", "--policy", "best", "--json"],
      ...["--base-url", `openai=${sandbox.url("openai")}`],
      ...["--base-url", `anthropic=${sandbox.url("anthropic")}`],
    ];
    const tight = summaryOf((await qualify(...args, "--budget-usd", "0.02")).stdout);
    expect(tight.served?.map(({ model, attempts }) => [model, attempts])).toEqual([
      ["openai/gpt-5-nano", 2],
      ["anthropic/claude-opus-5-5", 0],
    ]);
    const none = await qualify(...args, "--max-usd", "0.0000001");
    expect(summaryOf(none.stdout).engines).toEqual({ rules: 2 });
    expect(none.stderr).toContain("budget.exceeded");
  });

  it("stops with one message when no candidate can be used at all", async () => {
    const fault = { type: "status", reason: "auth" } as const;
    await using sandbox = await startSandbox({ faults: [{ times: Number.POSITIVE_INFINITY, fault }] });
    const { exitCode, stderr } = await qualify(
      ...["--model", PAIR, "--base-url", `openai=${sandbox.url("openai")}`],
      ...["--base-url", `anthropic=${sandbox.url("anthropic")}`],
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /openai\/gpt-5\.4-mini: .*anthropic\/claude-sonnet-5-5: .*run again without --model/s,
    );
  });

  it.each<[string, readonly string[], RegExp]>([
    ["a policy without a model", ["--policy", "best"], /--policy needs --model/],
    ["a takeover without a model", ["--takeover", "restart"], /--takeover needs --model/],
    ["an unknown takeover", ["--model", PAIR, "--takeover", "resume"], /--takeover.*restart, continue/],
    ["one address for two providers", ["--model", PAIR, "--base-url", "http://x"], /openai=http:\/\/x/],
    ["an address of an unknown provider", ["--model", PAIR, "--base-url", "opnai=http://x"], /mean "openai"/],
    ["an address of no chosen model", ["--model", PAIR, "--base-url", "gemini=http://x"], /is of gemini/],
    ["an address that is none", ["--model", PAIR, "--base-url", "openai=x"], /must be a URL.*"x"/],
    ["two caps", ["--budget-usd", "1", "--max-usd", "2"], /are the same/],
    ["a cap below 0", ["--budget-usd", "-1"], /budget-usd/],
    ["a death without a rehearsal", ["--dies-after", "3"], /--dies-after needs --rehearse/],
  ])("refuses %s", async (_, args, message) => {
    const { exitCode, stderr } = await qualify(...args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
