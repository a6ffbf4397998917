/** Content types whose body is text. A body without a type is taken for text. */
export function isTextual(contentType: string): boolean {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  return (
    type === "" ||
    /^text\/|^application\/(.+\+)?(json|xml|x-ndjson|javascript|x-www-form-urlencoded|yaml)$/.test(type)
  );
}

/** Whether a content type is JSON. */
export function isJson(contentType: string): boolean {
  return /^(application|text)\/(.+\+)?json\s*(;|$)/i.test(contentType.trim());
}

/**
 * Bytes as text, by the charset of the content type, else UTF-8. Bytes that are no text become U+FFFD.
 *
 * @param truncated - Then a code point that was cut at the end is left out.
 */
export function decodeText(bytes: Uint8Array, contentType: string, truncated: boolean): string {
  return decoderFor(/charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1]).decode(bytes, { stream: truncated });
}

function decoderFor(label: string | undefined): InstanceType<typeof TextDecoder> {
  if (label === undefined) return new TextDecoder();
  try {
    return new TextDecoder(label);
  } catch (error) {
    if (error instanceof RangeError) return new TextDecoder(); // a charset that nobody knows
    throw error;
  }
}
