import { Counter } from "./counter.js";
import type { Metric, Sample } from "./exposition.js";

/** Upper bounds in milliseconds. */
const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

interface Latencies {
  readonly counts: number[];
  sumMs: number;
}

/** Requests of this process by route, status and time. Routes are those of the table, never what a path filled in. */
export class RequestFigures {
  readonly #requests = new Counter();
  readonly #latencies = new Map<string, Latencies>();

  /**
   * @param route - Such as `GET /leads/{id}`; `unknown` for what no route took.
   * @param latencyMs - Until the answer began: one that streams goes on.
   */
  add(route: string, status: number, latencyMs: number): void {
    this.#requests.add({ route, status: String(status) });
    const latencies = this.#latencies.get(route) ?? { counts: BOUNDS_MS.map(() => 0).concat(0), sumMs: 0 };
    this.#latencies.set(route, latencies);
    const index = BOUNDS_MS.findIndex((bound) => latencyMs <= bound);
    const at = index < 0 ? BOUNDS_MS.length : index;
    latencies.counts[at] = (latencies.counts[at] ?? 0) + 1;
    latencies.sumMs += latencyMs;
  }

  metrics(): readonly Metric[] {
    return [
      {
        name: "salesagent_http_requests_total",
        type: "counter",
        help: "Requests that were answered.",
        samples: this.#requests.samples(),
      },
      {
        name: "salesagent_http_request_duration_seconds",
        type: "histogram",
        help: "Time until an answer began.",
        samples: [...this.#latencies].flatMap(([route, latencies]) => samplesOf(route, latencies)),
      },
    ];
  }
}

function samplesOf(route: string, { counts, sumMs }: Latencies): readonly Sample[] {
  let total = 0;
  const buckets = counts.map((count, index): Sample => {
    total += count;
    const bound = BOUNDS_MS[index];
    const le = bound === undefined ? "+Inf" : String(bound / 1_000);
    return { suffix: "_bucket", labels: { route, le }, value: total };
  });
  return [
    ...buckets,
    { suffix: "_sum", labels: { route }, value: sumMs / 1_000 },
    { suffix: "_count", labels: { route }, value: total },
  ];
}
