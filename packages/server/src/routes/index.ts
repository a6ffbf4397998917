import type { Route } from "../route.js";
import { agentRoutes } from "./agents.js";
import { analyticsRoutes } from "./analytics.js";
import { approvalRoutes } from "./approvals.js";
import { auditRoutes } from "./audit.js";
import { chatRoutes } from "./chat.js";
import { healthRoutes } from "./health.js";
import { keyRoutes } from "./keys.js";
import { leadRoutes } from "./leads.js";
import { metricRoutes } from "./metrics.js";
import { openApiRoutes } from "./openapi.js";
import { runRoutes } from "./runs.js";
import { socketRoute } from "./socket.js";
import { streamRoutes } from "./streams.js";
import { syncRoutes } from "./sync.js";
import { syncReviewRoutes } from "./sync-review.js";
import { syncRunRoutes } from "./sync-runs.js";
import { usageRoutes } from "./usage.js";
import { webhookRoutes } from "./webhooks.js";
import { workflowRunRoutes } from "./workflow-runs.js";
import { workflowRoutes } from "./workflows.js";

/** The whole table. A new group of routes is a file beside this one, and a line here. */
export function allRoutes(): readonly Route[] {
  const routes: Route[] = [];
  routes.push(...leadRoutes, ...agentRoutes, ...runRoutes, ...approvalRoutes, ...streamRoutes, ...chatRoutes);
  routes.push(...syncRoutes, ...syncRunRoutes, ...syncReviewRoutes, ...webhookRoutes, socketRoute);
  routes.push(...workflowRoutes, ...workflowRunRoutes, ...usageRoutes, ...analyticsRoutes);
  routes.push(...keyRoutes, ...auditRoutes, ...healthRoutes, ...metricRoutes);
  routes.push(...openApiRoutes(() => routes));
  return routes;
}
