/** Letters that Unicode does not take apart into a base letter and a mark. */
const WHOLE_LETTERS: ReadonlyMap<string, string> = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ø", "o"],
  ["ł", "l"],
  ["đ", "d"],
  ["ð", "d"],
  ["þ", "th"],
  ["ı", "i"],
]);

const FIRST_MARK = 0x300;
const LAST_MARK = 0x36f;

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 127) return false;
  }
  return true;
}

/** Lower case without diacritics, so that `São Paulo`, `SAO PAULO` and `sao paulo` are one. Pure. */
export function foldText(text: string): string {
  const lower = text.toLowerCase();
  if (isAscii(lower)) return lower;
  let folded = "";
  for (const letter of lower.normalize("NFKD")) {
    const code = letter.charCodeAt(0);
    if (code >= FIRST_MARK && code <= LAST_MARK) continue;
    folded += WHOLE_LETTERS.get(letter) ?? letter;
  }
  return folded;
}

/**
 * Whether a UTF-16 unit joins its neighbours into a word: letters and digits do, spaces and punctuation do not. Nor do
 * the scripts from U+2000 on (Chinese, Japanese, Korean), which write words without spaces between them.
 */
export function isWordUnit(code: number): boolean {
  if (code < 128) {
    return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);
  }
  return code >= 0xc0 && code < 0x2000;
}
