/** Names that `Intl` does not have, and Apollo uses. */
const MORE_NAMES: Readonly<Record<string, string>> = {
  usa: "US",
  uk: "GB",
  "south korea": "KR",
  "czech republic": "CZ",
  turkey: "TR",
  "hong kong": "HK",
  macau: "MO",
  "ivory coast": "CI",
  myanmar: "MM",
  burma: "MM",
};

const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

let codesByName: ReadonlyMap<string, string> | undefined;

/** ISO 3166-1 alpha-2 of a country's English name, as Apollo writes it; undefined where it is none. */
export function countryCode(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  codesByName ??= nameTable();
  return codesByName.get(folded(name));
}

function nameTable(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const table = new Map<string, string>(Object.entries(MORE_NAMES));
  for (const code of LETTERS.flatMap((first) => LETTERS.map((second) => first + second))) {
    const name = names.of(code);
    // A code that stands for another by now, such as DD for DE, is none.
    if (name === undefined || new Intl.Locale(`und-${code}`).region !== code) continue;
    table.set(code.toLowerCase(), code);
    table.set(folded(name), code);
  }
  return table;
}

const folded = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replaceAll("’", "'")
    .replace(" and ", " & ");
