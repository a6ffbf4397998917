import type { JsonValue } from "@salesagent/ports";
import { MAX_JSON_DEPTH } from "./json-depth.js";

type Container = Record<string, JsonValue> | JsonValue[];

interface Frame {
  readonly container: Container;
  /** Where the next value goes: a key of an object, or nothing for an array. */
  key: string | undefined;
}

type Expecting = "value" | "key" | "colon" | "comma" | "string" | "key-string" | "scalar" | "end" | "broken";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };
const LITERALS: Readonly<Record<string, JsonValue>> = { true: true, false: false, null: null };

/**
 * Reads JSON while it is being written. Each character is looked at once, however the text is cut; `value()` is what can
 * be said so far: an unfinished text as far as it goes, an unfinished number, literal or key not at all.
 */
export class PartialJson {
  readonly #frames: Frame[] = [];
  #root: JsonValue | undefined;
  #expecting: Expecting = "value";
  #token = "";
  #escape: string | undefined;

  /** False when the text can't be JSON any more, or nests too deep; what was read before stands. */
  get valid(): boolean {
    return this.#expecting !== "broken";
  }

  /** True when one whole value was read. */
  get complete(): boolean {
    return this.#expecting === "end";
  }

  push(text: string): void {
    for (let i = 0; i < text.length && this.#expecting !== "broken"; i++) {
      const inString = this.#expecting === "string" || this.#expecting === "key-string";
      if (inString) i = this.#takeString(text, i);
      else this.#take(text[i] as string);
    }
  }

  /** A copy of what was read so far, or nothing. Unchanged parts may be shared between copies: do not write to it. */
  value(): JsonValue | undefined {
    if (this.#frames.length === 0) return this.#expecting === "string" ? this.#token : this.#root;
    let child: JsonValue | undefined = this.#expecting === "string" ? this.#token : undefined;
    for (let depth = this.#frames.length - 1; depth >= 0; depth--) {
      child = snapshot(this.#frames[depth] as Frame, child);
    }
    return child;
  }

  #take(char: string): void {
    if (this.#expecting === "scalar") {
      if (!/[\s,\]}]/.test(char)) {
        this.#token += char;
        return;
      }
      this.#endScalar();
    }
    if (char === " " || char === "\n" || char === "\r" || char === "\t") return;
    switch (this.#expecting) {
      case "value":
        this.#beginValue(char);
        break;
      case "key":
        this.#beginKey(char);
        break;
      case "colon":
        this.#expecting = char === ":" ? "value" : "broken";
        break;
      case "comma":
        this.#afterValue(char);
        break;
      default:
        this.#expecting = "broken";
    }
  }

  #beginValue(char: string): void {
    if ((char === "{" || char === "[") && this.#frames.length === MAX_JSON_DEPTH) {
      this.#expecting = "broken";
    } else if (char === "{" || char === "[") {
      this.#frames.push({ container: char === "{" ? {} : [], key: undefined });
      this.#expecting = char === "{" ? "key" : "value";
    } else if (char === '"') {
      this.#token = "";
      this.#expecting = "string";
    } else if (char === "]" && this.#isEmptyArray()) {
      this.#close();
    } else {
      this.#token = char;
      this.#expecting = /[-\dtfn]/.test(char) ? "scalar" : "broken";
    }
  }

  #beginKey(char: string): void {
    this.#token = "";
    if (char === '"') this.#expecting = "key-string";
    else if (char === "}") this.#close();
    else this.#expecting = "broken";
  }

  #afterValue(char: string): void {
    const frame = this.#frames[this.#frames.length - 1];
    const inArray = Array.isArray(frame?.container);
    if (char === ",") this.#expecting = inArray ? "value" : "key";
    else if (char === (inArray ? "]" : "}")) this.#close();
    else this.#expecting = "broken";
  }

  /** Takes text up to the end of the string or of the piece; answers with the last position taken. */
  #takeString(text: string, from: number): number {
    let i = from;
    while (i < text.length) {
      const char = text[i] as string;
      if (this.#escape !== undefined) this.#takeEscape(char);
      else if (char === "\\") this.#escape = "";
      else if (char === '"') {
        this.#endString();
        return i;
      } else {
        const end = nextSpecial(text, i);
        this.#token += text.slice(i, end);
        i = end;
        continue;
      }
      i++;
    }
    return i;
  }

  #takeEscape(char: string): void {
    const sequence = `${this.#escape}${char}`;
    if (!sequence.startsWith("u")) {
      this.#token += ESCAPES[sequence] ?? sequence;
      this.#escape = undefined;
    } else if (sequence.length === 5) {
      this.#token += String.fromCharCode(Number.parseInt(sequence.slice(1), 16));
      this.#escape = undefined;
    } else {
      this.#escape = sequence;
    }
  }

  #endString(): void {
    if (this.#expecting === "string") {
      this.#put(this.#token);
      return;
    }
    const frame = this.#frames[this.#frames.length - 1];
    if (frame) frame.key = this.#token;
    this.#expecting = "colon";
  }

  #endScalar(): void {
    const literal = Object.hasOwn(LITERALS, this.#token) ? LITERALS[this.#token] : Number(this.#token);
    if (literal === undefined || Number.isNaN(literal)) this.#expecting = "broken";
    else this.#put(literal);
  }

  #put(value: JsonValue): void {
    const frame = this.#frames[this.#frames.length - 1];
    this.#expecting = frame ? "comma" : "end";
    if (!frame) this.#root = value;
    else if (Array.isArray(frame.container)) frame.container.push(value);
    else if (frame.key !== undefined) define(frame.container, frame.key, value);
    if (frame) frame.key = undefined;
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame) this.#put(frame.container);
  }

  #isEmptyArray(): boolean {
    const container = this.#frames[this.#frames.length - 1]?.container;
    return Array.isArray(container) && container.length === 0;
  }
}

function snapshot({ container, key }: Frame, child: JsonValue | undefined): JsonValue {
  if (Array.isArray(container)) return child === undefined ? [...container] : [...container, child];
  const copy = { ...container };
  if (key !== undefined && child !== undefined) define(copy, key, child);
  return copy;
}

/** Assignment that a key such as `__proto__` can't turn into something else. */
function define(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function nextSpecial(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34 || code === 92) break;
  }
  return i;
}
