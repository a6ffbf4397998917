import type { JsonValue } from "@salesagent/client";
import { type Child, h, outsideLink } from "./element.js";
import { isObject } from "./json-values.js";

/** How far in, and how many values in all, are laid out; what is beyond is told in short. */
const DEEPEST = 5;
const MOST = 400;

/** Any JSON, laid out to be read: names beside values, lists as lists. Its texts stay texts. */
export function jsonView(value: JsonValue | undefined): Child {
  return layOut(value, DEEPEST, { left: MOST });
}

function layOut(value: JsonValue | undefined, depth: number, budget: { left: number }): Child {
  if (value === undefined || value === null) return h("span", { class: "quiet" }, "none");
  if (typeof value === "string") return textView(value);
  if (typeof value !== "object") return String(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return h("span", { class: "quiet" }, "none");
  if (depth === 0 || budget.left <= 0) return h("code", {}, JSON.stringify(value).slice(0, 500));
  const shown = entries.slice(0, Math.max(1, budget.left));
  budget.left -= shown.length;
  const more = entries.length - shown.length;
  if (!isObject(value)) {
    const items = shown.map(([, item]) => h("li", {}, layOut(item, depth - 1, budget)));
    return h("ul", { class: "values" }, items, more > 0 && h("li", { class: "quiet" }, `and ${more} more`));
  }
  const rows = shown.map(([name, item]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, layOut(item, depth - 1, budget))),
  );
  return h("dl", { class: "facts" }, rows, more > 0 && h("div", {}, h("dt", {}, `and ${more} more`)));
}

function textView(text: string): Child {
  if (text === "") return h("span", { class: "quiet" }, "empty");
  return h("span", { class: "text", dir: "auto" }, outsideLink(text));
}

/** Something that is shown when it is asked for; made when it is first opened. */
export function unfolds(title: Child, content: () => Child): HTMLElement {
  const details = h("details", {}, h("summary", {}, title));
  details.addEventListener("toggle", () => details.append(h("div", {}, content())), { once: true });
  return details;
}
