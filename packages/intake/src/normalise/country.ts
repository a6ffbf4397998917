import { COUNTRY_ALIASES, COUNTRY_CODES } from "./country-codes.js";
import { foldText } from "./fold-text.js";

/** Languages whose names of countries are understood, as far as the runtime carries them. */
const LANGUAGES = [
  "en",
  "de",
  "fr",
  "es",
  "it",
  "pt",
  "nl",
  "pl",
  "sv",
  "da",
  "nb",
  "fi",
  "cs",
  "tr",
  "ru",
  "ja",
  "zh",
];

let codesByName: ReadonlyMap<string, string> | undefined;

/**
 * A country as ISO 3166-1 alpha-2: from its code (alpha-2, alpha-3), its name in common languages, or a usual alias
 * (`USA`, `UK`, `Deutschland`). In a country column `CA` is Canada and `Georgia` the country.
 *
 * @returns Two capital letters, or undefined when unreadable.
 */
export function normaliseCountry(text: string): string | undefined {
  codesByName ??= nameTable();
  return codesByName.get(foldText(text));
}

/** Every alpha-2 code that {@link normaliseCountry} can give. */
export function countryCodes(): readonly string[] {
  return COUNTRY_CODES.split(" ").filter((code) => code.length === 2);
}

function nameTable(): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  const codes = COUNTRY_CODES.split(" ");
  for (let index = 0; index < codes.length; index += 2) {
    const [alpha2, alpha3] = codes.slice(index, index + 2);
    if (alpha2 === undefined || alpha3 === undefined) continue;
    table.set(alpha2.toLowerCase(), alpha2);
    table.set(alpha3.toLowerCase(), alpha2);
  }
  for (const [code, names] of Object.entries(COUNTRY_ALIASES)) {
    for (const name of names.split(",")) table.set(name, code);
  }
  // First come, first kept: a name that two languages give to two countries means what it does in the earlier one.
  for (const language of LANGUAGES) addNames(table, language);
  return table;
}

function addNames(table: Map<string, string>, language: string): void {
  if (Intl.DisplayNames.supportedLocalesOf(language).length === 0) return;
  const names = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
  for (const code of countryCodes()) {
    const name = names.of(code);
    const folded = name === undefined ? "" : foldText(name);
    if (folded !== "" && !table.has(folded)) table.set(folded, code);
  }
}
