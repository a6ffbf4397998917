/** An answer whose whole body is there already. Mounts that write to a connection need no `Response` for it. */
export class TextReply {
  /** By their names in small letters. */
  readonly headers: Map<string, string>;

  constructor(
    readonly status: number,
    readonly text: string | null,
    headers: Readonly<Record<string, string>> = {},
  ) {
    this.headers = new Map(Object.entries(headers));
  }
}

export type Reply = TextReply | Response;

/** Texts of responses, for mounts that can write them at once. */
const TEXTS = new WeakMap<Response, string>();

export function toResponse(reply: Reply): Response {
  if (!(reply instanceof TextReply)) return reply;
  const { status, text, headers } = reply;
  const response = new Response(text, { status, headers: Object.fromEntries(headers) });
  if (text !== null) TEXTS.set(response, text);
  return response;
}

/** The whole body, where it is known and nobody has read of it. */
export function wholeTextOf(response: Response): string | undefined {
  return response.bodyUsed ? undefined : TEXTS.get(response);
}
