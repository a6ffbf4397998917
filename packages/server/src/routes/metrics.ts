import { dayOf } from "../day-range.js";
import { EXPOSITION, toExposition } from "../metrics/exposition.js";
import { processMetrics } from "../metrics/process-metrics.js";
import { tenantMetrics } from "../metrics/tenant-metrics.js";
import { TextReply } from "../reply.js";
import { type Route, route } from "../route.js";
import { syncOf } from "./known-sync.js";

/** For Prometheus: a tenant's own figures, and the process's for those who run it. */
export const metricRoutes: readonly Route[] = [
  route({
    ...{ method: "GET", path: "/metrics", tag: "about", permission: "metrics:read" },
    summary: "Figures in the text format of Prometheus; of the process only for its operators",
    answer: { description: "The figures.", mediaType: "text/plain" },
    async handler(context) {
      const { principal, stores, server, signal } = context;
      const { operators } = server.metrics;
      const isOperator = operators === "all" || operators.includes(principal.tenant);
      const today = dayOf(server.clock.now());
      const [own, shared] = await Promise.all([
        tenantMetrics({ stores, sync: syncOf(context), today, signal }),
        isOperator ? processMetrics(server, { signal }) : [],
      ]);
      return new TextReply(200, toExposition([...shared, ...own]), { "content-type": EXPOSITION });
    },
  }),
];
