import type { Gate } from "@salesagent/core/effects";
import type { MayWriteTo } from "./email-send.js";

/** Lets mail go to those whom the host app names, and to nobody else, whatever a model was talked into. */
export function recipientGate(mayWriteTo: MayWriteTo): Gate {
  const listed =
    typeof mayWriteTo === "object"
      ? new Set(mayWriteTo.map((address) => address.trim().toLowerCase()))
      : undefined;
  return {
    name: "recipient",
    async check({ target, tenant, runId }) {
      const allowed =
        mayWriteTo === "anyone" ||
        (typeof mayWriteTo === "function"
          ? await mayWriteTo(target, { tenant, runId })
          : listed?.has(target) === true);
      return allowed ? { allowed } : { allowed, reason: "this run may not write to this address" };
    },
  };
}
