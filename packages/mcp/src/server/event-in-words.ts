/** An event of a run as a client is told it; nothing for those that tell a person nothing. */
export function eventInWords(event: { readonly type: string }): string | undefined {
  const name = textOf(event, "name");
  switch (event.type) {
    case "run-started":
      return "begins";
    case "step-started":
      return `step: ${name}`;
    case "node-started":
      return `step: ${textOf(event, "node")}`;
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

function textOf(event: object, field: string): string {
  const value: unknown = Reflect.get(event, field);
  return typeof value === "string" ? value.slice(0, 100) : "";
}
