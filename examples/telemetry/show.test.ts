import { expect, it } from "vitest";
import { show } from "./show.mjs";

it("sends a run's spans and measurements as a collector takes them, and shows them as a tree", async () => {
  const lines: string[] = [];
  const { answer, tree, metrics } = await show((line: string) => void lines.push(line));
  expect(answer).toBe("509.90 a year.");
  const names = tree.map((line) => line.replace(/ {2}\(.*/, ""));
  expect(names).toEqual([
    "invoke_agent quote",
    "  model_call best",
    "    route",
    "    chat small",
    "    chat large",
    "  execute_tool calculator",
    "  model_call best",
    "    route",
    "    chat small",
    "    chat large",
  ]);
  expect(tree.join("\n")).toContain("chat small  (outcome failed");
  expect(metrics.map((line) => line.split("  ")[0])).toEqual(
    expect.arrayContaining([
      "gen_ai.client.operation.duration",
      "gen_ai.client.token.usage",
      "salesagent.client.cost",
    ]),
  );
  expect(lines[0]).toMatch(/^Sent to http:\/\/127\.0\.0\.1:\d+ as OTLP\/HTTP JSON/);
});
