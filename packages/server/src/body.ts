import type { z } from "zod";

/** How a route takes a request's body. */
export type BodySpec<Body> = JsonBody<Body> | BytesBody | StreamBody;

/** JSON of a shape. */
export interface JsonBody<Body> {
  readonly kind: "json";
  readonly schema: z.ZodType<Body>;
  /** @defaultValue the server's `limits.bodyBytes` */
  readonly limitBytes?: number | undefined;
}

/** The bytes as they came, such as what a webhook signed. */
export interface BytesBody {
  readonly kind: "bytes";
  readonly mediaTypes: readonly string[];
  readonly limitBytes?: number | undefined;
}

/** The bytes while they come: an `AsyncIterable<Uint8Array>`, limited by the server's `limits.importBytes`. */
export interface StreamBody {
  readonly kind: "stream";
  readonly mediaTypes: readonly string[];
}

export function jsonBody<Schema extends z.ZodType>(
  schema: Schema,
  options: { readonly limitBytes?: number } = {},
): JsonBody<z.output<Schema>> {
  return { kind: "json", schema: schema as z.ZodType<z.output<Schema>>, ...options };
}

/** @param mediaTypes - Such as `application/json`; any where there is none. */
export function bytesBody(
  mediaTypes: readonly string[] = [],
  options: { readonly limitBytes?: number } = {},
): BodySpec<Uint8Array<ArrayBuffer>> {
  return { kind: "bytes", mediaTypes, ...options };
}

export function streamBody(mediaTypes: readonly string[]): BodySpec<AsyncIterable<Uint8Array>> {
  return { kind: "stream", mediaTypes };
}
