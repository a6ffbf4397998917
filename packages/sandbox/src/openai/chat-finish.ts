import type { JsonObject } from "@salesagent/ports";
import type { Answer } from "../answer.js";
import type { ChatFlavor } from "./chat-flavor.js";

/** The finish reason that this vendor sends for the answer in a stream; null for none. */
export function finishReasonOf(flavor: ChatFlavor, answer: Answer): string | null {
  if (answer.quirks.finishReason !== undefined) return answer.quirks.finishReason;
  switch (answer.finish) {
    case "tool-calls":
      return flavor.finishWithCalls;
    case "content-filter":
      return "content_filter";
    case "error":
      return flavor.finishOnError;
    default:
      return answer.finish;
  }
}

/** The upstream's own word for the finish, where the vendor tells it. */
export function nativeFinishOf(flavor: ChatFlavor, answer: Answer): JsonObject {
  return flavor.nativeFinish === undefined ? {} : { native_finish_reason: flavor.nativeFinish(answer) };
}
