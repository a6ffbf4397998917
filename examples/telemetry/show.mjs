// One run of an agent, from its spans to the collector and back as a tree.
import { openTelemetry } from "@salesagent/core/telemetry";
import { watchedAgent } from "./agent.mjs";
import { exportTo } from "./exporting.mjs";
import { startReceiver } from "./receiver.mjs";
import { treeOf } from "./tree.mjs";

/**
 * @param {(line: string) => void} print
 * @returns {Promise<{ readonly answer: string, readonly tree: readonly string[], readonly metrics: readonly string[] }>}
 */
export async function show(print) {
  const receiver = await startReceiver();
  try {
    const exporting = exportTo(receiver.url);
    const agent = watchedAgent(openTelemetry(exporting.api));
    const answer = await agent
      .run("What do 12 months at 49.99 cost with 15 % off?", { tenant: "acme" })
      .output();
    await exporting.close();
    const tree = treeOf(receiver.spans);
    const metrics = receiver.metrics.map(({ name, unit, histogram }) => {
      const count = histogram.dataPoints.reduce((sum, point) => sum + Number(point.count), 0);
      return `${name}  (${unit}, ${count} ${count === 1 ? "value" : "values"})`;
    });
    print(
      `Sent to ${receiver.url} as OTLP/HTTP JSON: ${receiver.spans.length} spans, ${metrics.length} metrics.\n`,
    );
    for (const line of [...tree, "", ...metrics]) print(line);
    return { answer, tree, metrics };
  } finally {
    await receiver.close();
  }
}
