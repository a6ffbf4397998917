const AMOUNT = /^(\d[\d.,'\u2019 \u00a0\u202f]*)\s*([a-z]*)\.?$/i;

const MULTIPLIERS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  t: 1e3,
  tsd: 1e3,
  thousand: 1e3,
  m: 1e6,
  mm: 1e6,
  mn: 1e6,
  mil: 1e6,
  mio: 1e6,
  mln: 1e6,
  million: 1e6,
  millions: 1e6,
  millionen: 1e6,
  b: 1e9,
  bn: 1e9,
  mrd: 1e9,
  billion: 1e9,
  billions: 1e9,
};

/**
 * One amount: `1200`, `1,200`, `1.200.000`, `1'200`, `2.5k`, `12 million`. Both signs for grouping and for decimals are
 * understood: where both occur the last is the decimal sign; a lone one before three digits groups, unless a full stop
 * stands before a multiplier (`1.234M`).
 *
 * @returns A number ≥ 0, or undefined when unreadable.
 */
export function parseAmount(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const match = AMOUNT.exec(text.trim());
  if (match?.[1] === undefined) return undefined;
  const unit = (match[2] ?? "").toLowerCase();
  const multiplier = Object.hasOwn(MULTIPLIERS, unit) ? MULTIPLIERS[unit] : undefined;
  const plain = plainDecimal(match[1].replace(/['\u2019\s\u00a0\u202f]/g, ""), unit !== "");
  if (multiplier === undefined || plain === undefined) return undefined;
  const amount = Number(plain) * multiplier;
  // 1.1 * 1e6 is 1100000.0000000002 in binary; money and people are given to far fewer digits.
  return Number.isFinite(amount) ? Number(amount.toPrecision(12)) : undefined;
}

function plainDecimal(digits: string, hasUnit: boolean): string | undefined {
  const comma = digits.lastIndexOf(",");
  const stop = digits.lastIndexOf(".");
  if (comma === -1 && stop === -1) return digits;
  if (comma !== -1 && stop !== -1) {
    const [group, decimal] = comma > stop ? [".", ","] : [",", "."];
    return ungroup(
      digits.slice(0, Math.max(comma, stop)),
      group,
      digits.slice(digits.lastIndexOf(decimal) + 1),
    );
  }
  const sign = comma === -1 ? "." : ",";
  const grouped = /^\d{1,3}(?:[.,]\d{3})+$/.test(digits);
  const single = digits.indexOf(sign) === digits.lastIndexOf(sign);
  if (grouped && !(single && sign === "." && hasUnit)) return digits.replaceAll(sign, "");
  return single && /^\d+[.,]\d*$/.test(digits) ? digits.replace(sign, ".") : undefined;
}

function ungroup(whole: string, group: string, fraction: string): string | undefined {
  const parts = whole.split(group);
  const wellGrouped = parts.every((part, index) => (index === 0 ? /^\d{1,3}$/ : /^\d{3}$/).test(part));
  return wellGrouped && /^\d*$/.test(fraction) ? `${parts.join("")}.${fraction}` : undefined;
}
