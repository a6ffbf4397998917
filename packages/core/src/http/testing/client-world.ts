import { manualClock } from "@salesagent/conformance";
import { createServiceClient } from "../service-client.js";
import type { ServiceClientOptions } from "../service-client-options.js";
import { type Step, scriptedFetch } from "./scripted-fetch.js";

export const KEY = "api_planted_0123456789";

/** A client that tries once, on a clock that is moved by hand. */
export function clientWorld(steps: readonly Step[], options: Partial<ServiceClientOptions> = {}) {
  const { fetch, sent } = scriptedFetch(...steps);
  const clock = manualClock();
  const client = createServiceClient({
    service: "close",
    baseUrl: "https://api.example.com/v1",
    auth: { type: "bearer", token: KEY },
    retry: false,
    fetch,
    clock,
    ...options,
  });
  return { client, sent, clock };
}
