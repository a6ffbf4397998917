/** Such as `$0.0012`, `$3.40` or `$1,204.00`; small amounts with two digits that tell something. */
export function formatUsd(costUsd: number | undefined): string {
  if (costUsd === undefined || !Number.isFinite(costUsd)) return "unknown";
  if (costUsd === 0) return "$0";
  const size = Math.abs(costUsd);
  if (size >= 0.1) {
    const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
    return `$${costUsd.toLocaleString("en-US", digits)}`;
  }
  return `$${costUsd.toLocaleString("en-US", { maximumSignificantDigits: 2, maximumFractionDigits: 9 })}`;
}

/** Such as `840 ms`, `12.4 s` or `3 min 20 s`. */
export function formatDuration(durationMs: number | undefined): string {
  if (durationMs === undefined || !Number.isFinite(durationMs) || durationMs < 0) return "–";
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  const seconds = durationMs / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds) % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

export function formatCount(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

/** Such as `12 %`. */
export function formatShare(share: number): string {
  return `${(share * 100).toLocaleString("en-US", { maximumFractionDigits: 1 })} %`;
}

/** Such as `3 leads`. */
export function formatNumberOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
