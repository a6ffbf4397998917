import type { CrmKind } from "@salesagent/ports";
import type { CrmRewrite } from "./crm-double-options.js";

type Rewriter = (field: string, value: unknown, kind: CrmKind) => unknown;

/** Makes what changes the values that a CRM is given. */
export function createRewriter(rewrites: readonly CrmRewrite[] = [], maxChars = 40): Rewriter {
  const steps = rewrites.map((rewrite) =>
    typeof rewrite === "function" ? rewrite : preset(rewrite, maxChars),
  );
  if (steps.length === 0) return (_, value) => value;
  return (field, value, kind) => steps.reduce((changed, step) => step(field, changed, kind), value);
}

function preset(name: Exclude<CrmRewrite, Rewriter>, maxChars: number): Rewriter {
  const change = onText(name, maxChars);
  const apply: Rewriter = (field, value, kind) => {
    if (typeof value === "string") return change(field, value);
    return Array.isArray(value) ? value.map((item: unknown) => apply(field, item, kind)) : value;
  };
  return apply;
}

function onText(
  name: Exclude<CrmRewrite, Rewriter>,
  maxChars: number,
): (field: string, text: string) => string {
  switch (name) {
    case "phone":
      return (field, text) => (/phone/i.test(field) ? text.replace(/[^+\d]/g, "") : text);
    case "case":
      return (field, text) => {
        if (/email|domain/i.test(field)) return text.toLowerCase();
        return /Name$/.test(field) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
      };
    case "trim":
      return (_, text) => text.trim().replace(/\s+/g, " ");
    case "truncate":
      return (_, text) => (text.length > maxChars ? text.slice(0, maxChars).trimEnd() : text);
  }
}
