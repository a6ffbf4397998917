/** One request as it goes out. Redirects are not followed. */
export interface EgressRequest {
  /** `http:` or `https:`, without user and password. */
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** A response whose body is not read yet, decoded from any content encoding. Web `Response`s fit. */
export interface EgressResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** What a request is held to. */
export interface EgressCall {
  /** Whether a connection to this address may be made. Asked only where `checksAddresses` is true. */
  readonly admits: (address: string) => boolean;
  /** Ends the request and its body. */
  readonly signal: AbortSignal;
}

/** How requests of tools leave the process. */
export interface Egress {
  readonly port: "egress/1";
  /**
   * True when each name is resolved once, every address that it stands for is put to `admits`, and the connection goes to
   * one of these: then no name can point into the private network. The platform's `fetch` can't promise that.
   */
  readonly checksAddresses: boolean;
  /**
   * @throws `http.blocked` for an address that is not admitted, `service.unavailable` when there is no connection, the
   * signal's own reason on abort.
   */
  send(request: EgressRequest, call: EgressCall): Promise<EgressResponse>;
}
