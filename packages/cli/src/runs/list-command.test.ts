import { describe, expect, it } from "vitest";
import { commandLine, jsonLines } from "../testing/command-line.js";
import { useKeptRuns } from "../testing/kept-runs.js";

const kept = useKeptRuns();
const { salesagent, begin } = kept;

describe("salesagent runs list", () => {
  it("lists both kinds of runs, told apart, the latest first", async () => {
    await salesagent(["run", "qualification", "--company", "Figma", "--store", "pg"]);
    await begin("listed");
    const { stdout } = await salesagent(["runs"]);
    const [title, , first, second, ...rest] = stdout.trim().split("\n");
    expect(title).toMatch(/Run +Kind +Agent +State +Begun +Cost +Waits for/);
    expect(first).toMatch(/^listed +graph +bdr \(rehearsal\) +waiting .* \$0\S* +approval:apr_/);
    expect(second).toMatch(/agent +qualification +completed .* \$0/);
    expect(rest).toEqual([]);
    const all = jsonLines((await salesagent(["runs", "list", "--all", "--json"])).stdout);
    expect(all.filter(({ parentId }) => parentId === "listed")).toHaveLength(2);
  });

  it("shows one that worked in one go: its steps, its model calls and what it came to", async () => {
    await salesagent(["run", "qualification", "--company", "Figma", "--store", "pg"]);
    const [run] = jsonLines((await salesagent(["runs", "list", "--json"])).stdout);
    const { stdout } = await salesagent(["runs", "show", String(run?.["id"])]);
    expect(stdout).toMatch(/^qualification · run \S+ · completed\nworks in one go · begun .* · \$0\n/);
    expect(stdout).toMatch(/0 +rules +Growing B2B company +completed/);
    expect(stdout).toMatch(/vllm\/sandbox +completed +\d+ +\d+ +\$0/);
    expect(stdout).toMatch(/score: \d+/);
    const resumed = await salesagent(["runs", "resume", String(run?.["id"])]);
    expect(resumed.stderr).toContain("works in one go: it can't be gone on with");
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
    const other = (...args: readonly string[]) =>
      commandLine(["runs", ...args, "--tenant", "another"], { env: { DATABASE_URL: kept.url } });
    expect((await other("list")).stdout).toContain("No runs.");
    expect((await other("show", "mine")).stderr).toContain('no run mine of the tenant "another"');
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
