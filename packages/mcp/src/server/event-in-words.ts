/** An event of a run as a client is told it; nothing for those that tell a person nothing. */
export function eventInWords(event: { readonly type: string }): string | undefined {
  const name = "name" in event && typeof event.name === "string" ? event.name : "";
  switch (event.type) {
    case "run-started":
      return "begins";
    case "step-started":
      return `step: ${name}`;
    case "tool-started":
      return `calls ${name}`;
    case "tool-finished":
      return `${name} ${"failed" in event && event.failed === true ? "failed" : "is done"}`;
    case "text-delta":
      return "writes";
    case "restart":
      return "begins again";
    default:
      return undefined;
  }
}
