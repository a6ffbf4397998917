import { type Child, h } from "./element.js";

let made = 0;

/** A control with its label above it. */
export function labelled<Control extends HTMLElement>(
  label: string,
  control: Control,
  note?: Child,
): HTMLElement {
  made += 1;
  control.id = `field-${made}`;
  const noteId = `${control.id}-note`;
  if (note !== undefined) control.setAttribute("aria-describedby", noteId);
  return h(
    "div",
    { class: "field" },
    h("label", { for: control.id }, label),
    control,
    note !== undefined && h("p", { id: noteId, class: "quiet" }, note),
  );
}

/** A choice of one of several words. */
export function choice(
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
  change: (value: string) => void,
): HTMLSelectElement {
  const select = h("select", {
    on: { change: (event) => change((event.target as HTMLSelectElement).value) },
  });
  for (const [value, text] of options)
    select.append(h("option", { value, selected: value === chosen }, text));
  return select;
}

export function button(
  text: string,
  click: () => void,
  kind: "main" | "danger" | "" = "",
): HTMLButtonElement {
  return h("button", { type: "button", class: kind || undefined, on: { click } }, text);
}

/** Stops a form's controls while something is done, and lets them go again. */
export async function whileBusy(form: Element, work: () => Promise<void>): Promise<void> {
  const controls = [...form.querySelectorAll<HTMLButtonElement>("button, input, select, textarea")];
  // Disabled ones would lose the focus.
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  for (const control of controls) control.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    form.removeAttribute("aria-busy");
    for (const control of controls) control.removeAttribute("aria-disabled");
  }
}
