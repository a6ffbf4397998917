import type { TenantSync } from "@salesagent/core/crm";
import { invalidRequest, notFound } from "../request-errors.js";
import type { RouteContext } from "../route.js";

type Asking = Pick<RouteContext<unknown, unknown, unknown>, "principal" | "sales">;

/** The syncs of whoever asks; nothing in an app without a CRM. */
export function syncOf({ principal, sales }: Asking): TenantSync | undefined {
  return sales.sync?.tenant(principal.tenant);
}

/** The syncs of whoever asks, which have this connection. @throws `store.not_found`. */
export function syncWith(context: Asking, connection: string): TenantSync {
  const sync = context.sales.connections.includes(connection) ? syncOf(context) : undefined;
  if (!sync) throw notFound("connection", connection);
  return sync;
}

/** What a sync says of kinds that its CRM does not have is the caller's: nobody else can know them. */
export function asKindsRefused(error: unknown): unknown {
  if (!(error instanceof TypeError) || !error.message.startsWith("kinds names")) return error;
  return invalidRequest([{ path: "body.kinds", message: "names a kind that this CRM does not have" }]);
}
