import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runOne } from "../testing/run-one.js";
import { mcpTools } from "./mcp-tools.js";

const script = fileURLToPath(new URL("../testing/stdio-server.mjs", import.meta.url));
const open = (args = [script]) =>
  mcpTools({ name: "local", command: process.execPath, args, env: { TOKEN: "given" }, trusted: true });

it("starts a program, gives it no variables but its own, and starts it again when it died", async () => {
  process.env["SALESAGENT_TEST_SECRET"] = "not for others";
  await using mcp = await open();
  const environment = async () => (await runOne(mcp.tools, "local_environment", {})).output as never;
  const { names, pid } = (await environment()) as { names: string[]; pid: number };
  expect(names).toContain("TOKEN");
  expect(names).not.toContain("SALESAGENT_TEST_SECRET");
  expect(await runOne(mcp.tools, "local_die", {})).toMatchObject({
    failed: true,
    errorCode: "service.unavailable",
  });
  expect(((await environment()) as { pid: number }).pid).not.toBe(pid);
});

it("tells that a program can't be started, or is no MCP server", async () => {
  await expect(mcpTools({ command: "/no/such/program" })).rejects.toMatchObject({
    code: "service.unavailable",
  });
  await expect(open(["--eval", "process.exit(3)"])).rejects.toMatchObject({ code: "service.unavailable" });
});
