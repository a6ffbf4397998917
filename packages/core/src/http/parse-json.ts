/** The fewest digits of a whole number that a double can't hold. */
const LONG = 16;
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
  return JSON.parse(hasLongNumber(text) ? quoteLargeNumbers(text) : text);
}

/** Looks at every sixteenth character alone: one of them is in any run of so many digits. */
function hasLongNumber(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text, at)) continue;
    let from = at;
    let to = at + 1;
    while (isDigit(text, from - 1)) from--;
    while (isDigit(text, to)) to++;
    if (to - from >= LONG) return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
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
  return number.length >= LONG && /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number));
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
