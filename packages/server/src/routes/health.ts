import { z } from "zod";
import { publicRoute, type Route, route } from "../route.js";
import { timeSchema } from "./shared-schemas.js";
import { dependencySchema } from "./sync-schemas.js";

const aliveSchema = z.object({ status: z.enum(["ok", "down"]) });

const reportSchema = z
  .object({
    status: z.enum(["ok", "degraded", "down"]),
    dependencies: z.array(dependencySchema),
    at: timeSchema,
  })
  .meta({ id: "HealthReport" });

const tag = "about";

/** For whoever watches over the process: nothing is told to outsiders but that it is there. */
export const healthRoutes: readonly Route[] = [
  publicRoute({
    ...{ method: "GET", path: "/health", tag },
    summary: "Whether the process answers; nothing is asked of anything else",
    answer: { description: "It does.", schema: aliveSchema },
    handler: async () => ({ status: "ok" }),
  }),
  publicRoute({
    ...{ method: "GET", path: "/health/ready", tag },
    summary: "Whether the storage answers, asked at most once a second",
    answer: { description: "It does; 503 where it does not.", schema: aliveSchema },
    async handler({ server }) {
      const isReady = await server.readiness.ask();
      return Response.json({ status: isReady ? "ok" : "down" }, { status: isReady ? 200 : 503 });
    },
  }),
  route({
    ...{ method: "GET", path: "/health/detail", tag, permission: "health:read" },
    summary: "How all that the app depends on does",
    answer: { description: "The report; 503 where the app is down.", schema: reportSchema },
    async handler({ sales, signal }) {
      const report = await sales.health({ signal });
      return Response.json(report, { status: report.status === "down" ? 503 : 200 });
    },
  }),
];
