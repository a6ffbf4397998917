import { SalesAgentError } from "@salesagent/ports";
import type { Asked } from "./asked.js";

const REPARSED = new WeakSet<Asked>();

/** Notes that a request's body was read and parsed before it came here, and written out again: its bytes may be others. */
export function noteReparsedBody(request: Asked): void {
  REPARSED.add(request);
}

export const isReparsedBody = (request: Asked): boolean => REPARSED.has(request);

/** For routes that need the bytes as they came. */
export function reparsedBodyError(): SalesAgentError<"config.invalid"> {
  return new SalesAgentError("config.invalid", {
    message:
      "The body was parsed before it came here, and a signature is over its bytes. Mount the routes before express.json(), or keep " +
      "the bytes: express.json({ verify: (request, _response, bytes) => { request.rawBody = bytes } }).",
    facts: { option: "express.json" },
    replay: "safe",
  });
}
