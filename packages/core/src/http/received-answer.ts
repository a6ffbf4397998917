import { parseJson } from "./parse-json.js";
import type { RateFact } from "./rate-facts.js";
import type { ServiceAnswer } from "./service-request.js";

/** Headers by which services name an exchange. */
const REQUEST_ID_HEADERS = [
  "x-request-id",
  "request-id",
  "x-hubspot-correlation-id",
  "x-correlation-id",
  "cf-ray",
];

/** An answer that was read to its end. */
export class ReceivedAnswer implements ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly rateFacts: readonly RateFact[];
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #text: string | undefined;
  #value: { readonly value: unknown; readonly isJson: boolean } | undefined;

  constructor(
    { status, headers }: Pick<Response, "status" | "headers">,
    bytes: Uint8Array<ArrayBuffer>,
    rateFacts: readonly RateFact[],
  ) {
    this.status = status;
    this.headers = headers;
    this.rateFacts = rateFacts;
    this.#bytes = bytes;
  }

  get requestId(): string | undefined {
    const name = REQUEST_ID_HEADERS.find((each) => this.headers.get(each));
    return name && this.headers.get(name)?.slice(0, 200);
  }

  get isEmpty(): boolean {
    return this.#bytes.length === 0 || this.text().trim() === "";
  }

  /** Whether the body is JSON, whatever its type says. */
  get isJson(): boolean {
    return this.#read().isJson;
  }

  body(): unknown {
    return this.#read().value;
  }

  text(): string {
    this.#text ??= new TextDecoder().decode(this.#bytes);
    return this.#text;
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  #read(): { readonly value: unknown; readonly isJson: boolean } {
    this.#value ??= this.isEmpty ? { value: undefined, isJson: false } : readText(this.text());
    return this.#value;
  }
}

function readText(text: string): { readonly value: unknown; readonly isJson: boolean } {
  try {
    return { value: parseJson(text), isJson: true };
  } catch (error) {
    if (error instanceof SyntaxError) return { value: text, isJson: false };
    throw error;
  }
}
