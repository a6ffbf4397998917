/** knip: no file, export or dependency that nothing uses, none used that is not declared. */
import { programFile } from "../workspace/build.mjs";
import { runCheck } from "../workspace/check-report.mjs";
import { captureNode } from "../workspace/command.mjs";

await runCheck(import.meta.url, "unused", async () => {
  const { exitCode, output } = await captureNode([programFile("knip", "bin/knip.js"), "--no-progress"]);
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  return { problems: exitCode === 0 ? [] : lines, summary: "the workspace" };
});
