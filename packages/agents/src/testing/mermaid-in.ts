import { readFileSync } from "node:fs";

/** The drawing in the page of an agent, `docs/agents/<name>.md`. */
export function mermaidIn(name: string): string | undefined {
  const page = readFileSync(new URL(`../../../../docs/agents/${name}.md`, import.meta.url), "utf8");
  return /```mermaid\n([\s\S]*?)```/.exec(page)?.[1];
}
