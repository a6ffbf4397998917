import type { CallOptions } from "@salesagent/ports";
import type { ServerScope } from "../server-scope.js";
import type { Metric } from "./exposition.js";

/** What this process does, for all tenants together. */
export async function processMetrics(
  { requests, eventFigures, work, longWork, connections, sales }: ServerScope,
  call?: CallOptions,
): Promise<readonly Metric[]> {
  const { readers, tails, writers, waitingEvents } = sales.streams.counts();
  const queues = (await sales.jobs?.counts(call)) ?? [];
  return [
    ...requests.metrics(),
    gauge(
      "salesagent_http_requests_running",
      "Requests whose handlers work.",
      work.running + longWork.running,
    ),
    gauge(
      "salesagent_http_requests_waiting",
      "Requests that wait for a handler to be done.",
      work.waiting + longWork.waiting,
    ),
    gauge("salesagent_connections_open", "Connections of readers that stay open.", connections.total),
    gauge("salesagent_stream_readers", "Readers of streams.", readers),
    gauge("salesagent_streams_followed", "Streams that somebody reads.", tails),
    gauge("salesagent_streams_written", "Streams that are being written.", writers),
    gauge("salesagent_stream_events_waiting", "Events that wait for the store.", waitingEvents),
    {
      ...{ name: "salesagent_jobs_waiting", type: "gauge", help: "Jobs that wait, by queue." },
      samples: queues.map(({ queue, waiting }) => ({ labels: { queue }, value: waiting })),
    },
    {
      ...{ name: "salesagent_jobs_running", type: "gauge", help: "Jobs that run, by queue." },
      samples: queues.map(({ queue, running }) => ({ labels: { queue }, value: running })),
    },
    ...eventFigures.metrics(),
  ];
}

const gauge = (name: string, help: string, value: number): Metric => ({
  ...{ name, help, type: "gauge" },
  samples: [{ value }],
});
