import type { JsonValue } from "@salesagent/ports";
import { readErrorBody } from "./error-body.js";
import { WireFailure } from "./wire-failure.js";

/** The most of an error body that is read, in bytes: enough for any message, too little to hurt. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Reads a response that is not a success, body included: the vendors' SDKs lose many of them. */
export async function failureOfResponse(response: Response): Promise<WireFailure> {
  const body = await readStart(response);
  const json = parseJson(body);
  const said = readErrorBody(json) ?? (body.trim() === "" ? {} : { vendorMessage: plainText(body) });
  return new WireFailure({ kind: "status", ...said, status: response.status, headers: response.headers });
}

/**
 * Refuses a success that is not in the format asked for: an error in JSON, a web page, nothing at all.
 *
 * @param mediaTypes - What the body may be, such as `text/event-stream`.
 * @throws WireFailure
 */
export async function refuseWrongFormat(response: Response, mediaTypes: readonly string[]): Promise<void> {
  const type = (response.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (response.body && (type === "" || mediaTypes.includes(type))) return;
  const body = await readStart(response);
  const said = readErrorBody(parseJson(body));
  if (said) throw new WireFailure({ kind: "in-band", status: response.status, ...said });
  throw new WireFailure({
    kind: "malformed",
    vendorMessage: body === "" ? `an empty body of type "${type}"` : plainText(body),
  });
}

/** Parses JSON, or answers nothing. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

async function readStart(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    bytes += step.value.length;
    text += decoder.decode(step.value, { stream: true });
    if (bytes >= MAX_ERROR_BYTES) {
      await reader.cancel();
      break;
    }
  }
  return text + decoder.decode();
}

/** The words of a web page, or the text as it is. */
function plainText(body: string): string {
  if (!/^\s*</.test(body)) return body;
  const title = /<title[^<>]*>([^<]*)</i.exec(body)?.[1];
  return title ? `a web page titled "${title.trim()}"` : "a web page";
}
