import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, it } from "vitest";
import { bdr } from "../agents/bdr.js";
import { openCliProcesses } from "../testing/cli-processes.js";
import { useKeptRuns } from "../testing/kept-runs.js";

const kept = useKeptRuns();

it("tells a client that a run waits for a person, and keeps it for other processes", async () => {
  await using processes = await openCliProcesses();
  const client = new Client({ name: "test", version: "1" });
  const args = [processes.file, "mcp", "--rehearse", "--store", "pg", "--tenant", kept.tenant];
  const env = { DATABASE_URL: kept.url };
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, stderr: "ignore" }));
  const { structuredContent } = await client.callTool({ name: "bdr", arguments: { input: bdr.example } });
  expect(structuredContent).toMatchObject({ status: "waiting", runId: expect.any(String) });
  const { runId } = structuredContent as { runId: string };
  await client.close();
  const shown = await kept.salesagent(["runs", "show", runId]);
  expect(shown.stdout).toContain("bdr_proposal");
});
