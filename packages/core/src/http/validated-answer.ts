import type { StandardIssue } from "@salesagent/ports";
import type { PreparedCall } from "./prepare-call.js";
import type { ReceivedAnswer } from "./received-answer.js";
import { serviceFailure } from "./service-failure.js";
import type { ServiceAnswer, ServiceRequest } from "./service-request.js";

/** The answer with a body of the type that was asked for. A status that was let pass is not held to the schema. */
export async function validated<T>(
  prepared: PreparedCall,
  { schema }: ServiceRequest<T>,
  answer: ReceivedAnswer,
): Promise<ServiceAnswer<T>> {
  const value = prepared.read === "json" ? answer.body() : textOrBytes(prepared.read, answer);
  if (schema === undefined || answer.status >= 300) return withBody(answer, value as T);
  const result = await schema["~standard"].validate(value);
  if (!result.issues) return withBody(answer, result.value);
  throw serviceFailure(prepared.called, "service.malformed_response", {
    facts: { status: answer.status },
    happened: `answered another shape than it documents (${result.issues.slice(0, 3).map(pathOf).join(", ")})`,
    replay: prepared.called.replay,
  });
}

const textOrBytes = (read: "text" | "bytes", answer: ReceivedAnswer): unknown =>
  read === "text" ? answer.text() : answer.bytes();

function withBody<T>(answer: ReceivedAnswer, value: T): ServiceAnswer<T> {
  const { status, headers, requestId, rateFacts } = answer;
  return {
    status,
    headers,
    requestId,
    rateFacts,
    body: () => value,
    text: () => answer.text(),
    bytes: () => answer.bytes(),
  };
}

/** Where it went wrong; the validator's words may repeat the value, which is a prospect's. */
function pathOf({ path = [] }: StandardIssue): string {
  const keys = path.map((key) => String(typeof key === "object" ? key.key : key));
  return keys.length === 0 ? "the whole" : keys.join(".");
}
