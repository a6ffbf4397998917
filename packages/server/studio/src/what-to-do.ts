/** What whoever sees an error can do about it; by its code. */
const ADVICE: Readonly<Record<string, string>> = {
  "access.unauthenticated": "Sign in to the app, or give an API key.",
  "access.denied": "Ask an administrator for the permission.",
  "access.cross_site": "Open this page from the app itself.",
  "access.limited": "Wait a little; this goes on by itself later.",
  "client.unreachable": "Look whether you are online and the app runs, then try again.",
  "client.silent": "The app takes long. Try again in a minute.",
  "client.malformed": "Something between this page and the app changes its answers. Ask whoever runs it.",
  "client.refused": "Something in front of the app refuses this. Ask whoever runs it.",
  "store.not_found": "It is gone, or was never here. Go back to the list.",
  "stream.unknown": "What this run told is not kept any more. Its result and its trace are.",
  "store.stale_revision": "Somebody else was first. Load it again and look at what stands now.",
  "approval.invalid": "It was decided, used or it expired meanwhile. Load the list again.",
  "flow.wrong_state": "The run has ended or was answered meanwhile. Load it again.",
  "request.invalid": "Correct what is named and try again.",
  "budget.exceeded": "The budget is used up. Raise it, or wait until it is renewed.",
  "store.unavailable": "The database does not answer. Try again in a minute.",
};

/** Something to do for every code. */
export function whatToDo(code: string, status: number): string {
  const known = ADVICE[code];
  if (known !== undefined) return known;
  if (status >= 500)
    return "Try again in a minute. If it stays, give the request's id to whoever runs the app.";
  return "Load the page again. If it stays, ask whoever runs the app.";
}
