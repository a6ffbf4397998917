/** Currencies of ISO 4217 whose smallest unit is not a hundredth, by the digits after the point. */
const DIGITS: Readonly<Record<string, number>> = {
  ...digits(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
  ...digits(3, "BHD IQD JOD KWD LYD OMR TND"),
  ...digits(4, "CLF UYW"),
};

function digits(count: number, codes: string): Record<string, number> {
  return Object.fromEntries(codes.split(" ").map((code) => [code, count]));
}

/** How many digits after the point the amounts of a currency have. */
export const currencyDigits = (currency: string): number => DIGITS[currency.toUpperCase()] ?? 2;

/**
 * A text in major units, such as `1234.5`, as a whole number of the smallest unit. Digits beyond it are rounded.
 *
 * @returns Undefined for what is no amount, or is too large to be kept whole.
 */
export function toMinorUnits(text: string, currency: string): number | undefined {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (parts === null) return undefined;
  const [, sign = "", whole = "0", fraction = ""] = parts;
  const count = currencyDigits(currency);
  const padded = fraction.padEnd(count + 1, "0");
  const rounded = BigInt(whole + padded.slice(0, count)) + (padded.charAt(count) >= "5" ? 1n : 0n);
  const minor = Number(sign === "-" ? -rounded : rounded);
  return Number.isSafeInteger(minor) ? minor + 0 : undefined;
}

/** A whole number of the smallest unit as a text in major units. */
export function toMajorText(minor: number, currency: string): string {
  const count = currencyDigits(currency);
  const text = String(Math.abs(minor)).padStart(count + 1, "0");
  const sign = minor < 0 ? "-" : "";
  if (count === 0) return sign + text;
  const fraction = text.slice(-count).replace(/0+$/, "");
  return `${sign}${text.slice(0, -count)}${fraction === "" ? "" : `.${fraction}`}`;
}
