/** Digits behind the point in a currency: 2 for USD, 0 for JPY. */
function fractionDigits(currency: string): number {
  return (
    new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}

/**
 * An amount in a currency's smallest unit, from Apollo's decimal text or number; undefined where it is none, or too large to be
 * whole.
 */
export function toMinor(amount: unknown, currency: string): number | undefined {
  const text = typeof amount === "number" ? String(amount) : typeof amount === "string" ? amount.trim() : "";
  const parts = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text.replaceAll(",", ""));
  if (parts === null) return undefined;
  const [, sign, whole, fraction = ""] = parts;
  const digits = fractionDigits(currency);
  const kept = fraction.padEnd(digits, "0").slice(0, digits);
  const roundUp = Number(fraction.charAt(digits) || "0") >= 5 ? 1 : 0;
  const minor = Number(`${whole}${kept}`) + roundUp;
  return Number.isSafeInteger(minor) ? (sign === "-" ? 0 - minor : minor) : undefined;
}

/** As Apollo takes it: a decimal text without separators. */
export function fromMinor(minor: number, currency: string): string {
  const digits = fractionDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const cut = text.length - digits;
  const sign = minor < 0 ? "-" : "";
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, cut)}.${text.slice(cut)}`;
}
