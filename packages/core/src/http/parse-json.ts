/** Sixteen digits are the fewest of a whole number that a double can't hold. */
const MAY_BE_LARGE = /\d{16}/;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads JSON. A whole number beyond 2^53 becomes a text with all its digits, since a double would change some: ids of 64 bits
 * survive. A text that holds an object or a list as JSON again is read once more, as some services send errors.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const value = parseOnce(text);
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return parseOnce(value);
  } catch (error) {
    if (error instanceof SyntaxError) return value; // a text that only begins like JSON
    throw error;
  }
}

function parseOnce(text: string): unknown {
  return JSON.parse(MAY_BE_LARGE.test(text) ? quoteLargeNumbers(text) : text);
}

/** Puts quotes around whole numbers that a double can't hold, outside of texts. */
function quoteLargeNumbers(text: string): string {
  let out = "";
  let at = 0;
  while (at < text.length) {
    const opening = text.indexOf('"', at);
    const between = opening < 0 ? text.slice(at) : text.slice(at, opening);
    out += between.replace(NUMBER, (number) => (isLarge(number) ? `"${number}"` : number));
    if (opening < 0) break;
    at = endOfText(text, opening);
    out += text.slice(opening, at);
  }
  return out;
}

function isLarge(number: string): boolean {
  return number.length >= 16 && /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number));
}

/** Behind the quote that ends the text which begins here. */
function endOfText(text: string, opening: number): number {
  let closing = text.indexOf('"', opening + 1);
  while (closing >= 0 && isEscaped(text, closing)) closing = text.indexOf('"', closing + 1);
  return closing < 0 ? text.length : closing + 1;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === "\\") slashes++;
  return slashes % 2 === 1;
}
