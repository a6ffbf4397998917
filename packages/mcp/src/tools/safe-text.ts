/** Control characters but line breaks and tabs, what turns the direction of writing, and what nobody sees. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** A server's words without what a person who reads them would not see, and no longer than is read. */
export function safeText(text: string, mostChars: number): string {
  const seen = text.replace(UNSEEN, "");
  return (seen.length <= mostChars ? seen : `${seen.slice(0, mostChars)} …`).replace(
    /\p{Surrogate}/gu,
    "\ufffd",
  );
}
