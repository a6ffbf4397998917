/** Latin letters that Unicode does not decompose, as they are usually typed without them. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ı: "i",
};

const ASCII_ONLY = /^[\x20-\x7e]*$/;

/**
 * The form in which texts are compared: lower case, Latin letters without accents, everything but letters and digits of
 * any script turned to single spaces. Marks of other scripts stay, since they change the word there.
 */
export function foldText(text: string): string {
  if (ASCII_ONLY.test(text)) {
    return text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, " ")
      .trim();
  }
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[ßæœøđðþłı]/g, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, " ")
    .trim();
}
