import type { EventBus } from "@salesagent/ports";
import type { BreakerSnapshot } from "../resilience/breaker-options.js";

/** Tells the app's bus of breakers that open and close. */
export function breakerEvents(events: EventBus, nowIso: () => string): (snapshot: BreakerSnapshot) => void {
  return ({ name, state, errorCode, retryAt }) => {
    const at = nowIso();
    if (state === "closed") events.emit("breaker-closed", { at, name });
    if (state !== "open" || retryAt === undefined) return;
    const code = errorCode === undefined ? {} : { errorCode };
    events.emit("breaker-opened", { at, name, ...code, retryAt: new Date(retryAt).toISOString() });
  };
}
