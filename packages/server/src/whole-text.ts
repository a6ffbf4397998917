/** Texts of responses, for mounts that can write them at once. */
const TEXTS = new WeakMap<Response, string>();

/** A response whose whole body is there already. */
export function textResponse(text: string, init: ResponseInit): Response {
  const response = new Response(text, init);
  TEXTS.set(response, text);
  return response;
}

/** The whole body, where it is known and nobody has read of it. */
export function wholeTextOf(response: Response): string | undefined {
  return response.bodyUsed ? undefined : TEXTS.get(response);
}
