/** One value of a metric, with what tells it from others of its name. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
  /** Put behind the metric's name, such as `_bucket`. @defaultValue none */
  readonly suffix?: string;
}

/** A metric of Prometheus. */
export interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The media type of the text format of Prometheus. */
export const EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";

/** Metrics in the text format of Prometheus; those without a value are left out. */
export function toExposition(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(
        (sample) => `${name}${sample.suffix ?? ""}${toLabels(sample)} ${toValue(sample)}`,
      );
      return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
    })
    .join("");
}

function toLabels({ labels = {} }: Sample): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

function toValue({ value }: Sample): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return String(value);
}

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

/** Readers of the format end a line at a line feed; some trip over other control characters, which no label of ours needs. */
const escapeValue = (text: string): string =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll(/\p{Cc}/gu, (character) => (character === "\n" ? "\\n" : " "));
