type ReplyHeaders = Readonly<Record<string, string>>;

/** An answer whose whole body is there already. Mounts that write to a connection need no `Response` for it. */
export class TextReply {
  /** By their names in small letters. */
  readonly headers: Map<string, string>;

  constructor(
    readonly status: number,
    readonly text: string | null,
    headers: ReplyHeaders = {},
  ) {
    this.headers = new Map(Object.entries(headers));
  }
}

/** An answer whose body comes while it is read. */
export class StreamReply {
  readonly headers: Map<string, string>;

  constructor(
    readonly status: number,
    readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    headers: ReplyHeaders = {},
  ) {
    this.headers = new Map(Object.entries(headers));
  }
}

export type Reply = TextReply | StreamReply | Response;

export const isReply = (value: unknown): value is Reply =>
  value instanceof TextReply || value instanceof StreamReply || value instanceof Response;

/** Texts of responses, for mounts that can write them at once. */
const TEXTS = new WeakMap<Response, string>();

export function toResponse(reply: Reply): Response {
  if (reply instanceof Response) return reply;
  const { status } = reply;
  const headers = Object.fromEntries(reply.headers);
  if (reply instanceof StreamReply) return new Response(reply.stream, { status, headers });
  const response = new Response(reply.text, { status, headers });
  if (reply.text !== null) TEXTS.set(response, reply.text);
  return response;
}

/** The whole body, where it is known and nobody has read of it. */
export function wholeTextOf(response: Response): string | undefined {
  return response.bodyUsed ? undefined : TEXTS.get(response);
}
