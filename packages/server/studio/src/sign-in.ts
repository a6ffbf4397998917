import { h } from "./element.js";
import { errorBox } from "./error-box.js";

/** Asks for an API key, where the app knows nobody by its own session. */
export function signInForm({
  give,
  error,
}: {
  readonly give: (key: string, keep: boolean) => void;
  /** Why the key before was refused. */
  readonly error?: unknown;
}): HTMLElement {
  const field = h("input", {
    ...{ id: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true },
    "aria-describedby": "key-note",
  });
  const keep = h("input", { id: "keep", type: "checkbox" });
  const submit = (event: Event) => {
    event.preventDefault();
    if (field.value.trim() !== "") give(field.value.trim(), keep.checked);
  };
  return h(
    "form",
    { class: "sign-in", on: { submit } },
    h("h1", {}, "Sign in"),
    error !== undefined && errorBox(error),
    h("p", {}, "Sign in to the app that this page belongs to and load the page again, or give an API key."),
    h("label", { for: "key" }, "API key"),
    field,
    h("p", { id: "key-note", class: "quiet" }, "It is kept in this page only, and sent to this app only."),
    h("p", { class: "check" }, keep, h("label", { for: "keep" }, "Keep it until this tab is closed")),
    h("button", { type: "submit", class: "main" }, "Sign in"),
  );
}
