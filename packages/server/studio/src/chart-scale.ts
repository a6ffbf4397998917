/** The upright axis of a chart. */
export interface Scale {
  /** Where it ends: at least the most that is shown. */
  readonly top: number;
  /** From 0 to `top`, evenly. */
  readonly ticks: readonly number[];
}

/** An axis that ends at a round number, in 2 to 5 steps. */
export function chartScale(most: number): Scale {
  if (!(most > 0) || !Number.isFinite(most)) return { top: 1, ticks: [0, 1] };
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough * (1 - 1e-9)) ?? 10;
  const step = factor * power;
  const count = Math.max(1, Math.ceil(most / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { top: ticks.at(-1) ?? 1, ticks };
}

/** One part of a bar, from `from` to `to` of the axis. */
export interface Part {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

/** The parts of a bar, stacked; those that are nothing are left out. */
export function stackParts(values: readonly number[]): readonly Part[] {
  let from = 0;
  return values.flatMap((value, series) => {
    if (!(value > 0)) return [];
    const part = { series, from, to: from + value };
    from = part.to;
    return [part];
  });
}

/** Which of many labels have room beside one another: the last always does. */
export function labelEvery(count: number, room: number): (index: number) => boolean {
  const every = Math.max(1, Math.ceil(count / Math.max(1, room)));
  return (index) => (count - 1 - index) % every === 0;
}
