/** A process of a suite that is asked, and answers. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/**
 * In the process itself: does what it is asked, one after the other, and ends with its parent.
 *
 * @param {Record<string, (given: any) => unknown>} answers By what is asked.
 */
export function answerParent(answers) {
  process.on(
    "message",
    async (/** @type {{ ask: string, id: number, given: unknown }} */ { ask, id, given }) => {
      /** @param {object} told */
      const tell = (told) =>
        void (process.connected && process.send?.({ id, ...told }, undefined, {}, () => {}));
      try {
        tell({ answer: await answers[ask]?.(given) });
      } catch (error) {
        tell({ failure: error instanceof Error ? error.stack : String(error) });
      }
    },
  );
  process.once("disconnect", () => process.exit());
}

/** In its parent. */
export class Child {
  #child;
  #asked = 0;
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();

  /** @param {string} program Beside this file. */
  constructor(program) {
    const file = fileURLToPath(new URL(program, import.meta.url));
    this.#child = fork(file, {
      execArgv: ["--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#child.on("message", (/** @type {any} */ { id, answer, failure }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (failure === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(failure));
    });
    this.#child.on("error", () => {}); // of a message to one that was killed
    this.#child.once("exit", (code, signal) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`${program} ended: ${signal ?? code}`));
    });
  }

  /**
   * @param {string} what
   * @param {object} [given]
   * @returns {Promise<any>}
   */
  ask(what, given) {
    const id = ++this.#asked;
    const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    answer.catch(() => {}); // of one that is killed meanwhile
    this.#child.send({ ask: what, id, given });
    return answer;
  }

  /** @param {NodeJS.Signals} [signal] */
  async end(signal) {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    if (signal) this.#child.kill(signal);
    else this.#child.disconnect();
    await gone;
  }
}
