import type { Asked } from "./asked.js";
import type { BodySpec } from "./body.js";
import { DEEP_FROM_BYTES, isTooDeep } from "./json-depth.js";
import { type BodyLimits, readBytes, readStream } from "./read-body.js";
import { invalidRequest } from "./request-errors.js";
import type { Limits } from "./server-options.js";
import { validate } from "./validate.js";

/**
 * A request's body as its route wants it.
 *
 * @throws `request.invalid`, `request.too_large`, `request.timed_out`.
 */
export async function takeBody(
  request: Asked,
  spec: BodySpec<unknown> | undefined,
  { limits, clock }: { readonly limits: Limits; readonly clock: BodyLimits["clock"] },
): Promise<unknown> {
  if (!spec) return undefined;
  const told = { limitMs: limits.bodyMs, clock };
  if (spec.kind === "stream") {
    checkMediaType(request, spec.mediaTypes);
    return readStream(request, { ...told, limitBytes: limits.importBytes });
  }
  const limitBytes = spec.limitBytes ?? limits.bodyBytes;
  if (spec.kind === "bytes") {
    checkMediaType(request, spec.mediaTypes);
    return readBytes(request, { ...told, limitBytes });
  }
  // Also against forged forms: a page of another site can't send this type without asking before.
  checkMediaType(request, ["application/json"]);
  return validate("body", spec.schema, fromJson(await readBytes(request, { ...told, limitBytes })));
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function fromJson(bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw invalidRequest([{ path: "body", message: "is not JSON in UTF-8" }]);
  }
  if (bytes.length > DEEP_FROM_BYTES && isTooDeep(value))
    throw invalidRequest([{ path: "body", message: "is nested too deeply" }]);
  return value;
}

function checkMediaType(request: Asked, allowed: readonly string[]): void {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  if (allowed.length === 0 || allowed.includes(type.trim().toLowerCase())) return;
  throw invalidRequest([{ path: "headers.content-type", message: `must be ${allowed.join(" or ")}` }]);
}
