import type { CallOptions } from "./call-options.js";

/** `degraded`: works, with less than all of its parts. */
export type HealthStatus = "ok" | "degraded" | "down";

/** How one dependency does. */
export interface DependencyHealth {
  /** Such as `storage` or `cerebras/gpt-oss-120b`. */
  readonly name: string;
  readonly status: HealthStatus;
  /** What is wrong, in words for an operator: no secret. */
  readonly note?: string;
  /** How long the check took, in milliseconds, where something was asked. */
  readonly latencyMs?: number;
}

/** Something whose health can be asked for. */
export interface HealthCheck {
  /** Its dependencies stand in for one another, as a router's models do: it is down only when all of them are. @defaultValue false */
  readonly alternatives?: boolean;
  /** Never rejects for a dependency that is down: that is its answer. */
  health(call?: CallOptions): Promise<readonly DependencyHealth[]>;
}
