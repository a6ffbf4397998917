import { ClientError } from "@salesagent/client";
import { h } from "./element.js";
import type { ViewContext } from "./view-context.js";
import { whatToDo } from "./what-to-do.js";

/** What went wrong, its code and what to do about it. */
export function errorBox(
  error: unknown,
  { retry, signIn }: { readonly retry?: () => void; readonly signIn?: () => void } = {},
): HTMLElement {
  const told = toClientError(error);
  const { code, status, detail, issues, instance } = told;
  const isUnknown = code === "access.unauthenticated";
  return h(
    "div",
    { class: "error", role: "alert" },
    h("p", {}, h("strong", {}, detail), " ", h("code", {}, code)),
    issues.length > 0 &&
      h(
        "ul",
        {},
        issues.map(({ path, message }) => h("li", {}, `${path} ${message}`)),
      ),
    h("p", {}, whatToDo(code, status)),
    instance !== undefined && h("p", { class: "quiet" }, "Request ", h("code", {}, instance)),
    isUnknown && signIn && h("button", { type: "button", on: { click: signIn } }, "Give an API key"),
    !isUnknown && retry && h("button", { type: "button", on: { click: retry } }, "Try again"),
  );
}

/** Shows what comes of a read, or that it goes on, or why it failed and a way to try again. */
export function loaded<T>(
  { signal, signIn }: ViewContext,
  read: () => Promise<T>,
  show: (value: T) => Node,
): HTMLElement {
  const place = h("div");
  const run = async () => {
    place.setAttribute("aria-busy", "true");
    place.replaceChildren(h("p", { class: "quiet" }, "Loading…"));
    try {
      const value = await read();
      if (!signal.aborted) place.replaceChildren(show(value));
    } catch (error) {
      if (!signal.aborted) place.replaceChildren(errorBox(error, { retry: () => void run(), signIn }));
    } finally {
      place.removeAttribute("aria-busy");
    }
  };
  void run();
  return place;
}

function toClientError(error: unknown): ClientError {
  if (ClientError.is(error)) return error;
  return new ClientError({ code: "client.failed", detail: "This page failed." }, error);
}
