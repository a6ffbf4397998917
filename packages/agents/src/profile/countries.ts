import { foldText } from "../scoring/fold-text.js";

/** ISO 3166-1 alpha-2, and XK as is usual for Kosovo. */
const CODES = (
  "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
  "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO " +
  "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE " +
  "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO " +
  "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW " +
  "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM " +
  "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
).split(" ");

const EU = "AT BE BG HR CY CZ DE DK EE ES FI FR GR HU IE IT LT LU LV MT NL PL PT RO SE SI SK";
const EEA = `${EU} IS LI NO`;
const EUROPE = `${EEA} AD AL BA BY CH FO GB GG GI IM JE MC MD ME MK RS SM UA VA XK`;
const SOUTHEAST_ASIA = "BN ID KH LA MM MY PH SG TH TL VN";

/** Groups of countries that sales territories are cut by. Members as of 2026. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ["EU", EU],
  ["EEA", EEA],
  ["Europe", EUROPE],
  ["DACH", "DE AT CH"],
  ["Nordics", "DK FI IS NO SE"],
  ["Baltics", "EE LT LV"],
  ["Benelux", "BE NL LU"],
  ["Iberia", "ES PT"],
  ["UK&I", "GB IE"],
  ["CEE", "AL BA BG CZ EE HR HU LT LV ME MK PL RO RS SI SK"],
  ["North America", "US CA MX"],
  ["US&C", "US CA"],
  ["LATAM", "AR BO BR CL CO CR CU DO EC GT HN HT MX NI PA PE PR PY SV UY VE"],
  ["MENA", "AE BH DZ EG IL IQ IR JO KW LB LY MA OM PS QA SA SY TN TR YE"],
  ["GCC", "AE BH KW OM QA SA"],
  [
    "Africa",
    "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG " +
      "RW SC SD SL SN SO SS ST SZ TD TG TN TZ UG ZA ZM ZW",
  ],
  ["ANZ", "AU NZ"],
  ["Southeast Asia", SOUTHEAST_ASIA],
  ["APAC", `AU BD BT CN FJ HK IN JP KR LK MN MO MV NP NZ PG PK TW ${SOUTHEAST_ASIA}`],
]);

/** Names in common use that the locale data does not give. */
const ALIASES: readonly (readonly [string, string])[] = [
  ["USA", "US"],
  ["United States of America", "US"],
  ["America", "US"],
  ["UK", "GB"],
  ["Great Britain", "GB"],
  ["UAE", "AE"],
  ["Holland", "NL"],
  ["The Netherlands", "NL"],
  ["Korea", "KR"],
  ["Turkey", "TR"],
  ["Czech Republic", "CZ"],
  ["Hong Kong", "HK"],
  ["Macau", "MO"],
  ["Burma", "MM"],
  ["Ivory Coast", "CI"],
  ["Macedonia", "MK"],
];

interface CountryNames {
  readonly nameOf: ReadonlyMap<string, string>;
  /** By folded name, alias or code. */
  readonly codeOf: ReadonlyMap<string, string>;
}

let names: CountryNames | undefined;

/** The platform's own English names, read once and only when a profile speaks of countries. */
function countryNames(): CountryNames {
  if (names !== undefined) return names;
  const display = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
  const nameOf = new Map(CODES.map((code) => [code, display.of(code) ?? code]));
  const codeOf = new Map<string, string>();
  for (const [code, name] of nameOf) {
    codeOf.set(foldText(name), code);
    codeOf.set(foldText(code), code);
  }
  for (const [alias, code] of ALIASES) codeOf.set(foldText(alias), code);
  names = { nameOf, codeOf };
  return names;
}

const groupByFoldedName = (wanted: string): readonly [string, string] | undefined => {
  const folded = foldText(wanted);
  for (const entry of GROUPS) if (foldText(entry[0]) === folded) return entry;
  return undefined;
};

/** The countries that a profile means by a value, and the group that it named, if it named one. */
export interface ResolvedCountries {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly codes: readonly string[];
  readonly group?: string;
}

/** Reads `DE`, `Germany`, `UK` or a group such as `EU`, `DACH`, `Nordics`. Undefined for what is none of these. */
export function resolveCountries(value: string): ResolvedCountries | undefined {
  const group = groupByFoldedName(value);
  if (group !== undefined) return { codes: group[1].split(" "), group: group[0] };
  const code = countryNames().codeOf.get(foldText(value));
  return code === undefined ? undefined : { codes: [code] };
}

/** English name of a country code; the code itself where it has none. */
export const countryName = (code: string): string => countryNames().nameOf.get(code) ?? code;

/** Every name that {@link resolveCountries} reads, for suggestions. */
export function countryVocabulary(): string[] {
  return [...GROUPS.keys(), ...countryNames().nameOf.values(), ...ALIASES.map(([alias]) => alias)];
}
