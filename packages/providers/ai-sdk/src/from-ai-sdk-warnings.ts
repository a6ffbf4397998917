import type { ModelWarning } from "@salesagent/ports";

/** Maps warnings of any version: `unsupported-setting` and `unsupported-tool` in v2, `unsupported` and more since v3. */
export function fromAiSdkWarnings(warnings: readonly unknown[]): ModelWarning[] {
  return warnings.map((warning) => {
    const fields = (typeof warning === "object" && warning !== null ? warning : {}) as Record<
      string,
      unknown
    >;
    const about = text(fields["setting"]) ?? text(fields["feature"]);
    const field = about ?? (fields["type"] === "unsupported-tool" ? "tools" : "request");
    const words = text(fields["details"]) ?? text(fields["message"]);
    return {
      field,
      message: words ?? `The model can't do this as asked (${text(fields["type"]) ?? "other"}).`,
    };
  });
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
