import type { CallOptions, Replay, StandardSchema } from "@salesagent/ports";
import type { RateFact } from "./rate-facts.js";

/** A value of a query or a form. Left out where it is undefined. */
export type QueryValue = string | number | boolean | undefined;

/** Fields of a query or a form. A list repeats its key, and a key such as `titles[]` goes as it stands. */
export type QueryFields = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

/** HTTP methods of a service. */
export type ServiceMethod = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";

/** How much and how long one request may take. */
export interface ServiceLimits {
  /** Bytes of a request's body. @defaultValue 16 MiB */
  readonly requestBytes?: number | undefined;
  /** Bytes of an answer's body, counted as they come out of any content encoding. @defaultValue 16 MiB */
  readonly responseBytes?: number | undefined;
  /** From sending to the answer's headers, in milliseconds. @defaultValue 30,000 */
  readonly headersMs?: number | undefined;
  /** From sending to the end of the answer's body, in milliseconds. @defaultValue 60,000 */
  readonly totalMs?: number | undefined;
  /** Redirects followed, within the origin and for safe calls only. @defaultValue 0 */
  readonly redirects?: number | undefined;
}

/** What a call of a service takes beside its method and path. At most one of `json`, `form` and `body`. */
export interface ServiceCallOptions<T = unknown> extends CallOptions {
  readonly query?: QueryFields | undefined;
  /** More headers; they win over those of the client, and never over those of its `auth`. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  /** A body as JSON. */
  readonly json?: unknown;
  /** A body as `application/x-www-form-urlencoded`. */
  readonly form?: QueryFields | undefined;
  /** A body as it stands; `headers` name its type. */
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined;
  /**
   * Whether the call may be made twice. What is unsafe is tried again only where it certainly was not processed.
   *
   * @defaultValue `safe` for GET and HEAD, else `unsafe`
   */
  readonly replay?: Replay | undefined;
  /** Who waits for it; the rate budget keeps a share for the former. @defaultValue "interactive" */
  readonly priority?: "interactive" | "bulk" | undefined;
  /** The rate budget's group of endpoints that it belongs to. */
  readonly group?: string | undefined;
  /** Statuses beside 2xx that are an answer and no failure, such as 404. */
  readonly passStatuses?: readonly number[] | undefined;
  /** What a success must look like; `body()` then has its type. */
  readonly schema?: StandardSchema<unknown, T> | undefined;
  /** How the body of a success is read. `json` takes an empty one as `undefined`. @defaultValue "json" */
  readonly read?: "json" | "text" | "bytes" | undefined;
  /** Limits of this call that differ from the client's. */
  readonly limits?: ServiceLimits | undefined;
  /** Values of the request, beside those of the client's `auth`, that must not be in any error. */
  readonly secrets?: readonly string[] | undefined;
  /** Sends none of the client's credentials and headers, and may go to another origin, such as to a signed link. @defaultValue false */
  readonly anonymous?: boolean | undefined;
}

/** One request. */
export interface ServiceRequest<T = unknown> extends ServiceCallOptions<T> {
  readonly method: ServiceMethod;
  /** Below the base URL, with or without a slash in front; or a whole URL of the same origin. May carry a query. */
  readonly path: string;
}

/** What a service answered, read to its end. */
export interface ServiceAnswer<T = unknown> {
  readonly status: number;
  readonly headers: Headers;
  /** The service's own name of the exchange, where it told one. */
  readonly requestId: string | undefined;
  /** What the headers told of the service's limits. */
  readonly rateFacts: readonly RateFact[];
  /**
   * The value of a JSON body, in which whole numbers beyond 2^53 are texts with all their digits; the text of another, or its bytes
   * where `read` asked for them; `undefined` for an empty one. The same value each time.
   */
  body(): T;
  text(): string;
  bytes(): Uint8Array<ArrayBuffer>;
}
