/** One thing that is wrong with a request. */
export interface ClientIssue {
  /** Where, such as `body.domain`. */
  readonly path: string;
  readonly message: string;
}

/** What an error is made from; a problem document of RFC 9457 fits. */
export interface Problem {
  readonly code: string;
  /** The HTTP status; 0 where there was no answer, or none that could be read. @defaultValue 0 */
  readonly status?: number;
  readonly title?: string;
  readonly detail: string;
  readonly issues?: readonly ClientIssue[];
  /** The id of the request, where the server told it. */
  readonly instance?: string | undefined;
  /** What else the server says of it, such as `permission`. */
  readonly facts?: Readonly<Record<string, unknown>>;
  /** How long to wait before another try, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * A call failed. `code` is the server's, such as `access.denied`; where no server answered as ours would, it is
 * `client.unreachable` (no connection), `client.silent` (a connection, but nothing came in time), `client.malformed` (an answer
 * that can't be read) or `client.refused` (an error answer that is no problem document). An abort rejects with the caller's own reason instead.
 */
export class ClientError extends Error {
  override readonly name: string = "ClientError";
  declare readonly code: string;
  declare readonly status: number;
  declare readonly title: string;
  declare readonly detail: string;
  declare readonly issues: readonly ClientIssue[];
  declare readonly facts: Readonly<Record<string, unknown>>;
  declare readonly instance: string | undefined;
  declare readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.detail, cause === undefined ? undefined : { cause });
    Object.assign(this, { status: 0, title: problem.code, issues: [], facts: {} }, problem);
  }

  /** Whether a value is an error of this kind, of any installed copy, and of one code where one is given. */
  static is(value: unknown, code?: string): value is ClientError {
    if (!(value instanceof Error) || value.name !== "ClientError" || !("code" in value)) return false;
    return code === undefined || value.code === code;
  }
}

/** An answer that can't be read. */
export function malformed(detail: string, cause?: unknown): ClientError {
  return new ClientError({ code: "client.malformed", detail }, cause);
}
