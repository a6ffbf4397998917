import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "@salesagent/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine, jsonLines } from "./testing/command-line.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "salesagent-cli-"));
});
afterAll(() => rm(folder, { recursive: true }));

const LEADS = `Company,Website,Country,Employees,Industry
Figma,figma.com,USA,501-1000,Software
Linear,https://linear.app/about,USA,80,Software
Figma Inc,www.figma.com,US,600,Software
IKEA,ikea.com,Sweden,"10,001+",Retail
`;

const PROFILE = JSON.stringify({
  name: "Software companies",
  criteria: [
    { kind: "range", name: "size", field: "company.employees", min: 50, max: 1000, weight: 2 },
    { kind: "keywords", name: "software", fields: ["company.industry"], words: ["software"] },
  ],
});

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const run = (
  args: readonly string[],
  env: Record<string, string> = {},
  signal = new AbortController().signal,
) => commandLine(args, { env, signal });

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;

/** An address on this machine where nothing listens. */
async function closedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = urlOf(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

describe("salesagent qualify", () => {
  it("ranks leads with evidence, accounts for every row, and writes a report", async () => {
    const report = join(folder, "report.html");
    const leads = await file("leads.csv", LEADS);
    const profile = await file("profile.json", PROFILE);
    const { exitCode, stdout } = await run(["qualify", leads, "--profile", profile, "--report", report]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Score +Tier +Company/);
    expect(stdout).toContain("size: 80 people is within 50–1,000");
    expect(stdout).toContain("4 rows: 3 new, 1 duplicates, 0 rejected.");
    expect(stdout).toContain("engine: rules (3)");
    const html = await readFile(report, "utf8");
    expect(html).toContain("Linear");
    expect(html).toContain("engine: rules (3)");
  });

  it("speaks JSON: a line for each row, then a summary", async () => {
    const leads = await file("json.csv", `${LEADS},,,,\n,,Sweden,5,\n`);
    const rejects = join(folder, "json.rejects.csv");
    const { stdout } = await run(["qualify", leads, "--json", "--rejects", rejects]);
    const rows = jsonLines(stdout);
    expect(rows.at(-1)).toMatchObject({
      type: "summary",
      rows: 5,
      imported: 3,
      duplicates: 1,
      rejected: 1,
      scored: 3,
    });
    expect(rows.filter((row) => row["type"] === "lead")).toHaveLength(4);
    expect(rows.find((row) => row["type"] === "rejected")).toMatchObject({ row: 7 });
    expect(await readFile(rejects, "utf8")).toContain("Sweden");
  });

  it("stops after the limit", async () => {
    const { stdout } = await run(["qualify", await file("limit.csv", LEADS), "--limit", "2", "--json"]);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ rows: 2 });
  });

  it("maps columns as told", async () => {
    const leads = await file("mapped.csv", "Firma,Kopfzahl X\nFigma,80\n");
    const { stdout } = await run([
      "qualify",
      leads,
      "--map",
      "Firma=company.name",
      "--map",
      "Kopfzahl X=company.employees",
      "--json",
    ]);
    expect(stdout).toContain("80 people");
  });

  it("reasons with a model of a rehearsal server, shows what it says, and tells the cost", async () => {
    await using sandbox = await startSandbox();
    const leads = await file("model.csv", LEADS);
    const args = [
      "qualify",
      leads,
      "--model",
      "openai/gpt-5.4-mini",
      "--base-url",
      sandbox.url("openai"),
      "--reasoning",
      "low",
    ];
    const { exitCode, stdout } = await run(args);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Linear ⟩ .*simulated/);
    expect(stdout).toMatch(/engine: (rules \(\d\), )?model \(\d\)/);
    expect(stdout).toMatch(/Model cost: \$0\.\d{4}/);
  });

  it("asks the model once about a company that the file has twice", async () => {
    await using sandbox = await startSandbox();
    const leads = await file("twice.csv", `${LEADS}Figma again,figma.com,US,600,Software\n`);
    const args = [
      "qualify",
      leads,
      "--model",
      "openai/gpt-5.4-mini",
      "--base-url",
      sandbox.url("openai"),
      "--json",
    ];
    const { stdout } = await run(args);
    const scores = jsonLines(stdout).filter((row) => row["domain"] === "figma.com");
    expect(scores.map((row) => row["reused"])).toEqual([false, true, true]);
    expect(sandbox.requests).toHaveLength(
      new Set(
        jsonLines(stdout)
          .filter((row) => row["engine"] === "model")
          .map((row) => row["leadId"]),
      ).size,
    );
  });

  it("goes on by rules when the budget is spent, and says so", async () => {
    await using sandbox = await startSandbox();
    const leads = await file("budget.csv", LEADS);
    const args = [
      "qualify",
      leads,
      "--model",
      "openai/gpt-5.4-mini",
      "--base-url",
      sandbox.url("openai"),
      "--max-usd",
      "0.0000001",
    ];
    const { exitCode, stdout, stderr } = await run(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("engine: rules (3)");
    expect(stderr).toMatch(/could not be used for [23] of 3 leads \(budget\.exceeded\)/);
    expect(sandbox.requests).toHaveLength(0);
  });

  it("ends with 130 when it is interrupted, and says how to go on", async () => {
    const { exitCode, stderr } = await run(
      ["qualify", await file("stop.csv", LEADS)],
      {},
      AbortSignal.abort(new Error("Interrupted")),
    );
    expect(exitCode).toBe(130);
    expect(stderr).toContain("run the same command again");
  });
});

describe("bad input", () => {
  const sheet = new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 0]);

  it.each<[string, string | Uint8Array, RegExp]>([
    ["empty.csv", "", /empty/i],
    ["sheet.csv", sheet, /Excel|spreadsheet/i],
    ["page.csv", "<!doctype html><html><body>Sign in</body></html>", /HTML|web page/i],
    ["quote.csv", 'Company,Country\n"Figma,USA\nLinear,USA\n', /quote/i],
    ["nothing.csv", "Colour,Shape\nred,round\n", /company|identif|column/i],
  ])("says what is wrong with %s and exits with 1", async (name, content, message) => {
    const { exitCode, stderr, stdout } = await run(["qualify", await file(name, content)]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).toContain(name);
    expect(stdout).toBe("");
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ["no file", ["qualify"], 2, /Which file/],
    ["a file that is not there", ["qualify", "nowhere.csv"], 1, /nowhere\.csv.*no such file/],
    ["a wrong option", ["qualify", "x.csv", "--modle", "y"], 2, /--modle/],
    ["a wrong number", ["qualify", "x.csv", "--limit", "many"], 2, /--limit.*"many"/],
    ["a wrong store", ["qualify", "x.csv", "--store", "redis"], 2, /--store.*memory, pg/],
    ["a wrong pair", ["qualify", "x.csv", "--map", "Company"], 2, /--map.*COLUMN=FIELD/],
    ["an unknown provider", ["qualify", "x.csv", "--model", "opnai/x"], 2, /no provider "opnai"/],
    ["a model without a name", ["qualify", "x.csv", "--model", "openai"], 2, /provider\/model/],
    ["a missing key", ["qualify", "x.csv", "--model", "openai/gpt-5.4-mini"], 2, /OPENAI_API_KEY/],
    ["a profile that is not there", ["qualify", "x.csv", "--profile", "gone.json"], 2, /gone\.json/],
    ["Postgres without an address", ["qualify", "x.csv", "--store", "pg"], 2, /DATABASE_URL/],
    ["an unknown command", ["qualfy"], 2, /no command "qualfy"/],
  ])("refuses %s", async (_, args, code, message) => {
    const { exitCode, stderr } = await run(args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });

  it("names the path of what is wrong in a profile", async () => {
    const profile = await file(
      "wrong.json",
      JSON.stringify({
        name: "x",
        criteria: [{ kind: "range", name: "a", field: "company.emploees", min: 1 }],
      }),
    );
    const { exitCode, stderr } = await run(["qualify", await file("ok.csv", LEADS), "--profile", profile]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/criteria\[0\]\.field.*company\.employees/s);
  });

  it.each<
    [
      string,
      (sandboxUrl: string, pageUrl: string, closedUrl: string) => { url: string; model?: string },
      RegExp,
    ]
  >([
    [
      "a refused connection",
      (_, __, closed) => ({ url: closed }),
      /could not be reached at http:\/\/127\.0\.0\.1:\d+\/v1 \(ECONNREFUSED\)/,
    ],
    ["an unknown model", (url) => ({ url, model: "missing-model" }), /missing-model/],
    ["a web page in place of an API", (_, url) => ({ url }), /baseUrl/],
  ])("stops at %s with one message, and keeps what was imported", async (_, target, message) => {
    await using sandbox = await startSandbox();
    const page = createServer((_request, response) =>
      response.setHeader("content-type", "text/html").end("<title>Portal</title>"),
    );
    await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
    try {
      const { url, model = "gpt-5.4-mini" } = target(sandbox.url("openai"), urlOf(page), await closedUrl());
      const args = [
        "qualify",
        await file("stops.csv", LEADS),
        "--model",
        `openai/${model}`,
        "--base-url",
        url,
      ];
      const { exitCode, stderr } = await run(args);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(message);
      expect(stderr).toContain("run again without --model");
      expect(stderr.trim().split("\n")).toHaveLength(1);
    } finally {
      page.closeAllConnections();
      page.close();
    }
  });
});

describe("salesagent", () => {
  it("shows help for itself and for each command", async () => {
    const { stdout } = await run(["--help"]);
    for (const command of ["qualify", "sandbox", "doctor"]) {
      expect(stdout).toContain(command);
      expect((await run([command, "--help"])).stdout).toContain(`Usage: salesagent ${command}`);
    }
  });

  it("tells what is configured without showing keys", async () => {
    const key = "sk-planted-0123456789";
    const { stdout } = await commandLine(["doctor", "--json"], {
      env: { OPENAI_API_KEY: key, CLOSE_API_KEY: key, OLLAMA_HOST: "127.0.0.1:9" },
      fetch: async () => new Response("{}"),
    });
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string }[] };
    expect(checks.find((check) => check.name === "openai")).toMatchObject({ status: "ok" });
    expect(checks.find((check) => check.name === "close")).toMatchObject({ status: "ok" });
    expect(checks.find((check) => check.name === "hubspot")).toMatchObject({ status: "off" });
    expect(checks.find((check) => check.name === "cerebras")).toMatchObject({ status: "off" });
    expect(stdout).not.toContain(key);
  });
});
