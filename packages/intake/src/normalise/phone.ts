import { callingCodeAtStart, callingCodeOf } from "./calling-codes.js";

const EXTENSION = /\s*(?:;\s*ext=|\bext(?:ension|n)?\.?|\bx|#)\s*:?\s*\d{1,7}$/i;
const ALLOWED = /^\+?[\d\s().\-\u2010-\u2015/·\u00a0]+$/;

/** Countries whose national numbers keep their leading zero abroad. */
const KEEPS_ZERO: ReadonlySet<string> = new Set(["IT", "VA", "SM", "CI", "GA", "CG"]);
/** What is dialled before a national number at home, where it is not `0`. */
const TRUNK_PREFIXES: Readonly<Record<string, string>> = {
  RU: "8",
  KZ: "8",
  BY: "8",
  HU: "06",
  LT: "8",
  MX: "01",
};

/**
 * A phone number as E.164, such as `+14155550123`. A number in national form needs the country; extensions are dropped.
 * Length and calling code are checked, not whether a number range is in use.
 *
 * @param country - ISO alpha-2 of the country whose national form is meant, where known.
 * @returns Undefined when unreadable, or national without a country.
 * @see ITU-T Recommendation E.164: at most fifteen digits, the calling code first.
 */
export function normalisePhone(text: string, country: string | undefined): string | undefined {
  const bare = text
    .replace(/^(?:tel|phone|whatsapp):?\s*/i, "")
    .replace(EXTENSION, "")
    .trim();
  if (!ALLOWED.test(bare)) return undefined;
  const international = /^(?:\+|00)/.test(bare);
  const digits = (international ? bare.replace("(0)", "") : bare).replace(/\D/g, "");
  if (international) return checked(bare.startsWith("+") ? digits : digits.slice(2));
  const code = country === undefined ? undefined : callingCodeOf(country);
  if (country === undefined || code === undefined) return undefined;
  return checked(code + withoutTrunk(digits, country, code));
}

function withoutTrunk(digits: string, country: string, code: string): string {
  if (code === "1") return digits.length === 11 && digits.startsWith("1") ? digits.slice(1) : digits;
  if (KEEPS_ZERO.has(country)) return digits;
  const trunk = TRUNK_PREFIXES[country] ?? "0";
  return digits.startsWith(trunk) ? digits.slice(trunk.length) : digits;
}

function checked(digits: string): string | undefined {
  const code = callingCodeAtStart(digits);
  if (code === undefined || digits.length < 8 || digits.length > 15) return undefined;
  // The North American plan is the one whose length is fixed.
  return code === "1" && digits.length !== 11 ? undefined : `+${digits}`;
}
