import { fieldPairs } from "./request-url.js";
import type { ServiceCallOptions } from "./service-request.js";

/** A body that is ready to be sent. */
export interface EncodedBody {
  readonly content: string | Uint8Array<ArrayBuffer> | undefined;
  readonly contentType: string | undefined;
  readonly sizeBytes: number;
}

/** @throws TypeError for more than one body, and for what JSON can't hold. */
export function encodeBody(options: ServiceCallOptions): EncodedBody {
  const { json, form, body } = options;
  if ([json, form, body].filter((each) => each !== undefined).length > 1) {
    throw new TypeError("serviceClient: give one of json, form and body");
  }
  if (json !== undefined) return encodeText(jsonText(json), "application/json");
  if (form !== undefined) {
    const fields = new URLSearchParams(fieldPairs("form", form));
    return encodeText(fields.toString(), "application/x-www-form-urlencoded");
  }
  if (typeof body === "string") return encodeText(body, "text/plain;charset=UTF-8");
  if (body === undefined) return { content: undefined, contentType: undefined, sizeBytes: 0 };
  return { content: body, contentType: "application/octet-stream", sizeBytes: body.length };
}

function encodeText(content: string, contentType: string): EncodedBody {
  return { content, contentType, sizeBytes: utf8Length(content) };
}

/** Its length in UTF-8, without a copy of it. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // Each half of a pair counts two bytes, which makes the four of the whole.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

function jsonText(value: unknown): string {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError("serviceClient: json must be a value that JSON can hold");
  return text;
}
