import { AssertionError } from "node:assert";
import { rehearse } from "../rehearsal/rehearse.js";
import type { Reply } from "../reply.js";
import type { SandboxRequest } from "../sandbox-request.js";

/**
 * What is answered: one reply to every request, replies to be used in order, or a function of the request and its
 * position among those that were answered by the script.
 */
export type Script =
  | Reply
  | readonly Reply[]
  | ((request: SandboxRequest, index: number) => Reply | Promise<Reply>);

/** Plays a script, and remembers what did not go by it. */
export class ScriptPlayer {
  readonly #script: Script;
  readonly #problems: string[] = [];
  #next = 0;

  constructor(script: Script = rehearse) {
    this.#script = script;
  }

  /** The reply to a request. `keep` leaves a listed reply for the next request. */
  async reply(request: SandboxRequest, keep: boolean): Promise<Reply> {
    const index = this.#next;
    if (!keep) this.#next += 1;
    if (typeof this.#script === "function") return this.#script(request, index);
    if (!isList(this.#script)) return this.#script;
    const reply = this.#script[index];
    if (reply === undefined) throw new Error(`unplanned call: the script has ${this.#script.length} replies`);
    return reply;
  }

  /** Notes something that the script did not foresee. */
  report(problem: string): void {
    this.#problems.push(problem);
  }

  /** Throws when the script was not followed to its end, or something came that it had not planned. */
  verify(): void {
    const left = isList(this.#script) ? this.#script.length - this.#next : 0;
    const problems = [
      ...this.#problems,
      ...(left > 0
        ? [`${left} of the script's replies were never asked for, from reply ${this.#next} on`]
        : []),
    ];
    if (problems.length > 0) throw new AssertionError({ message: `sandbox script: ${problems.join("; ")}` });
  }
}

function isList(script: Script): script is readonly Reply[] {
  return Array.isArray(script);
}
