import type { RunStatus } from "@salesagent/client";

/** Whether a run can still go on by itself or be stopped. */
export const isActive = (status: RunStatus): boolean =>
  status === "pending" || status === "running" || status === "waiting";
