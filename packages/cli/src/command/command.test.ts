import { expect, it } from "vitest";
import { commandLine } from "../testing/command-line.js";

it.each([
  [
    ["qualify", "leads.csv", "--modle", "openai/x"],
    "Unknown option '--modle'; did you mean \"--model\"? See `salesagent qualify --help`.",
  ],
  [["doctor", "--zebra"], "Unknown option '--zebra'. See `salesagent doctor --help`."],
])("refuses an option that there is not, and names one that is near: %j", async (args, refusal) => {
  const { exitCode, stderr } = await commandLine(args);
  expect(exitCode).toBe(2);
  expect(stderr).toBe(`salesagent: ${refusal}\n`);
});
