import type { Route } from "../route.js";
import { openApiRoutes } from "./openapi.js";

/** The whole table. A new group of routes is a file beside this one, and a line here. */
export function allRoutes(): readonly Route[] {
  const routes: Route[] = [];
  routes.push(...openApiRoutes(() => routes));
  return routes;
}
