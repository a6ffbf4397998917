import type { NodeContext } from "@salesagent/core/graph";

/** @throws TypeError when the run belongs to nobody: effects and approvals are kept for each tenant. */
export function tenantOf({ tenant }: NodeContext): string {
  if (tenant !== undefined) return tenant;
  throw new TypeError("options.tenant must be given: the agent's effects and approvals belong to a tenant");
}
