// A collector, as far as this example needs one: it takes OTLP over HTTP as JSON, on this machine, and keeps what came.
import { createServer } from "node:http";

/**
 * @typedef {{ readonly traceId: string, readonly spanId: string, readonly parentSpanId?: string, readonly name: string,
 *   readonly startTimeUnixNano: string, readonly endTimeUnixNano: string,
 *   readonly attributes: readonly { readonly key: string, readonly value: Readonly<Record<string, unknown>> }[],
 *   readonly status?: { readonly code?: number, readonly message?: string } }} ReceivedSpan
 * @typedef {{ readonly name: string, readonly unit: string,
 *   readonly histogram: { readonly dataPoints: readonly { readonly count: number, readonly sum: number }[] } }} ReceivedMetric
 */

/** Listens on a free port of this machine. */
export async function startReceiver() {
  /** @type {ReceivedSpan[]} */
  const spans = [];
  /** @type {ReceivedMetric[]} */
  const metrics = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text);
    for (const { scopeSpans } of body.resourceSpans ?? []) {
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    for (const { scopeMetrics } of body.resourceMetrics ?? []) {
      for (const scope of scopeMetrics) metrics.push(...scope.metrics);
    }
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    metrics,
    /** @returns {Promise<void>} */
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
