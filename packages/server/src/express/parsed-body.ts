import type { AnswerOptions } from "../node/answer.js";
import type { ExpressRequest } from "./index.js";

/** A body that a parser has read already; nothing where it is still to come. */
export function parsedBody(
  request: Pick<ExpressRequest, "body" | "rawBody" | "readableDidRead">,
): Pick<AnswerOptions, "body" | "isReparsed"> {
  if (!request.readableDidRead) return {};
  const { rawBody, body } = request;
  const kept = [rawBody, body].find((bytes) => bytes instanceof Uint8Array);
  if (kept) return { body: new Uint8Array(kept) };
  return { body: new TextEncoder().encode(textOf(body)), isReparsed: true };
}

function textOf(body: unknown): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : JSON.stringify(body);
}
