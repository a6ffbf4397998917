import type { IncomingMessage } from "node:http";
import type { Asked } from "../asked.js";
import { notePeerAddress } from "../peer-address.js";
import { type BodyLimits, readBytes, tooLarge } from "../read-body.js";
import { isReparsedBody, noteReparsedBody } from "../reparsed-body.js";
import { collectBody } from "./message-body.js";
import { MessageHeaders } from "./message-headers.js";
import { toRequest } from "./to-request.js";

/** A message of Node as the routes read it: what nobody asks for is not made. */
export class MessageRequest implements Asked {
  readonly method: string;
  readonly url: string;
  readonly #incoming: IncomingMessage;
  readonly #given: Uint8Array<ArrayBuffer> | undefined;
  #headers: MessageHeaders | undefined;
  #controller: AbortController | undefined;
  #request: Request | undefined;
  #hasLeft = false;

  /** @param body - In place of the message's own, where that was read already. */
  constructor(incoming: IncomingMessage, url: string, body: Uint8Array<ArrayBuffer> | undefined) {
    this.method = incoming.method ?? "GET";
    this.url = url;
    this.#incoming = incoming;
    this.#given = body;
  }

  get headers(): MessageHeaders {
    this.#headers ??= new MessageHeaders(this.#incoming.rawHeaders);
    return this.#headers;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get controller(): AbortController {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#hasLeft) this.#controller.abort();
    }
    return this.#controller;
  }

  get peerAddress(): string | undefined {
    return this.#incoming.socket.remoteAddress;
  }

  get body(): Request["body"] {
    return this.toRequest().body;
  }

  /** Tells that the caller has left. */
  leave(): void {
    this.#hasLeft = true;
    this.#controller?.abort();
  }

  async collect(limits: BodyLimits): Promise<Uint8Array<ArrayBuffer>> {
    // Whoever got the whole request may have begun to read it, or read a copy of it.
    if (this.#request) return readBytes(this.#request, limits);
    if (!this.#given) return collectBody(this.#incoming, limits);
    if (this.#given.length > limits.limitBytes) throw tooLarge(limits.limitBytes);
    return this.#given;
  }

  /** @throws TypeError for a method that no request may have. */
  toRequest(): Request {
    if (!this.#request) {
      const { url, signal } = this;
      this.#request = toRequest(this.#incoming, { url, signal, body: this.#given });
      if (isReparsedBody(this)) noteReparsedBody(this.#request);
      notePeerAddress(this.#request, this.peerAddress);
    }
    return this.#request;
  }
}
