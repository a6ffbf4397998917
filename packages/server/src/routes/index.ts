import type { Route } from "../route.js";
import { agentRoutes } from "./agents.js";
import { approvalRoutes } from "./approvals.js";
import { chatRoutes } from "./chat.js";
import { leadRoutes } from "./leads.js";
import { openApiRoutes } from "./openapi.js";
import { runRoutes } from "./runs.js";
import { streamRoutes } from "./streams.js";

/** The whole table. A new group of routes is a file beside this one, and a line here. */
export function allRoutes(): readonly Route[] {
  const routes: Route[] = [];
  routes.push(...leadRoutes, ...agentRoutes, ...runRoutes, ...approvalRoutes, ...streamRoutes, ...chatRoutes);
  routes.push(...openApiRoutes(() => routes));
  return routes;
}
