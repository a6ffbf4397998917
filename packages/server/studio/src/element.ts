import { toHash } from "./place.js";
import { visibleText } from "./visible-text.js";

/** What an element can hold: texts become text nodes, never markup. */
export type Child = Node | string | number | false | undefined | readonly Child[];

/** Attributes, and listeners by their event's name. What could load or run something is not among them. */
export interface Attributes {
  readonly on?: Readonly<Record<string, (event: Event) => void>>;
  readonly href?: never;
  readonly src?: never;
  readonly style?: never;
  readonly [name: string]: unknown;
}

/** An element of HTML. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

/** An element of SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** A link to a place of this page. */
export function link(place: Parameters<typeof toHash>, ...children: readonly Child[]): HTMLAnchorElement {
  const anchor = h("a", {}, ...children);
  anchor.setAttribute("href", toHash(...place));
  return anchor;
}

/** A link to elsewhere where a text is an address of the web; else the text. */
export function outsideLink(text: string): Child {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) return text;
  const anchor = h("a", { rel: "noopener noreferrer nofollow", target: "_blank" }, text);
  anchor.setAttribute("href", new URL(text).href);
  return anchor;
}

/** Puts children into an element, in place of what it holds. */
export function put(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...nodesOf(children));
}

function add(parent: Element, ...children: readonly Child[]): void {
  parent.append(...nodesOf(children));
}

function nodesOf(children: readonly Child[]): (Node | string)[] {
  return children.flatMap((child): (Node | string)[] => {
    if (child === undefined || child === false || child === "") return [];
    if (child instanceof Node) return [child];
    if (Array.isArray(child)) return nodesOf(child);
    return [visibleText(String(child))];
  });
}

function fill<Made extends Element>(
  element: Made,
  { on = {}, ...attributes }: Attributes,
  children: readonly Child[],
): Made {
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  add(element, ...children);
  return element;
}
