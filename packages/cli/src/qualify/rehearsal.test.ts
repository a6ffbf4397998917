import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReportAttempt, ServedModel } from "../render/report-data.js";
import { commandLine } from "../testing/command-line.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "salesagent-rehearsal-"));
});
afterAll(() => rm(folder, { recursive: true }));

const LEADS = 30;

async function rehearse(...args: readonly string[]) {
  return qualify(await madeUpLeads(), "--rehearse", ...args);
}

async function madeUpLeads(): Promise<string> {
  const file = join(folder, "leads.csv");
  const rows = Array.from(
    { length: LEADS },
    (_, index) => `Company ${index},company${index}.example,US,80,Software`,
  );
  await writeFile(file, `Company,Website,Country,Employees,Industry\n${rows.join("\n")}\n`);
  return file;
}

const qualify = (...args: readonly string[]) => commandLine(["qualify", ...args]);

interface Line {
  readonly type: string;
  readonly model?: string;
  readonly rulesScore?: number;
  readonly score?: number;
  readonly simulated?: boolean;
  readonly attempts: readonly ReportAttempt[];
}

interface Summary {
  readonly scored: number;
  readonly engines: object;
  readonly degraded: object;
  readonly costUsd: number;
  readonly served: readonly ServedModel[];
}

describe("salesagent qualify --rehearse", () => {
  it("qualifies every lead although the first vendor dies, and accounts for each try", async () => {
    const { exitCode, stdout, stderr } = await rehearse("--dies-after", "8", "--json");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("simulated on this machine");
    const lines = stdout.trim().split("\n");
    const summary = JSON.parse(lines.pop() ?? "") as Summary;
    const leads = lines.map((line) => JSON.parse(line) as Line);
    expect(summary).toMatchObject({
      simulated: true,
      scored: LEADS,
      engines: { model: LEADS },
      degraded: {},
    });
    // Nobody's score was moved by an answer that no model gave.
    for (const lead of leads) expect([lead.score, lead.simulated]).toEqual([lead.rulesScore, true]);
    // Each lead was answered once, by the model that it names.
    for (const { model, attempts } of leads) {
      expect(
        attempts.filter(({ outcome }) => outcome === "completed").map((attempt) => attempt.model),
      ).toEqual([model]);
    }
    const [primary, fallback] = summary.served;
    expect(primary).toMatchObject({ model: "cerebras/gpt-oss-120b", completed: 8, breaker: "open" });
    expect(primary?.errors["model.stream_cut"]).toBeGreaterThanOrEqual(4);
    expect(primary?.estimatedUsd).toBeGreaterThan(0);
    expect(fallback).toMatchObject({ completed: LEADS - 8, failed: 0, breaker: "closed" });
    const attempts = leads.flatMap((lead) => lead.attempts);
    expect(attempts).toHaveLength((primary?.attempts ?? 0) + (fallback?.attempts ?? 0));
    const spentUsd = attempts.reduce((sum, { costUsd = Number.NaN }) => sum + costUsd, 0);
    expect(spentUsd).toBeCloseTo(summary.costUsd, 9);
  });

  it("scores all 60 leads of the quickstart while a vendor dies", async () => {
    const pathOf = (name: string) =>
      fileURLToPath(new URL(`../../../../examples/quickstart/${name}`, import.meta.url));
    const { stdout } = await qualify(
      ...[pathOf("companies.csv"), "--profile", pathOf("profile.json"), "--rehearse", "--json"],
    );
    const summary = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Summary;
    const [primary, fallback] = summary.served;
    expect(summary).toMatchObject({ scored: 60, degraded: {} });
    expect(primary).toMatchObject({ completed: 20, breaker: "open" });
    expect(primary?.errors).toMatchObject({ "model.stream_cut": 4, "model.unreachable": expect.any(Number) });
    expect(summary.engines).toMatchObject({ model: 20 + (fallback?.completed ?? 0) });
  });

  it("prints who served what, and writes it into the report", async () => {
    const report = join(folder, "report.html");
    const { stdout } = await rehearse("--dies-after", "4", "--quiet", "--report", report);
    expect(stdout).toMatch(/Who served what +Tries +Answered/);
    expect(stdout).toMatch(/cerebras\/gpt-oss-120b .* open +model\.stream_cut × \d/);
    expect(stdout).toContain("~ is in part an estimate");
    expect(stdout).toContain("answers were simulated");
    const html = await readFile(report, "utf8");
    expect(html).toContain("failed: model.stream_cut");
    expect(html).toContain("answers are simulated");
  });

  it("goes on with a text where it can, when it is told to", async () => {
    // Neither vendor's model takes a beginning, and the answer has a shape: it is written anew, and whole.
    const { stdout } = await rehearse("--dies-after", "2", "--takeover", "continue", "--json");
    expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({ engines: { model: LEADS } });
  });

  it.each<[string, readonly string[], RegExp]>([
    ["a model beside it", ["--model", "openai/gpt-5.4-mini"], /--rehearse brings its own models/],
    ["a database for what is simulated", ["--store", "pg"], /--rehearse is for --store memory/],
    ["a count that is none", ["--dies-after", "soon"], /--dies-after.*"soon"/],
  ])("refuses %s", async (_, args, message) => {
    const { exitCode, stderr } = await rehearse(...args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
