/** What has come of one item of the output. */
export interface OpenItem {
  /** Text or refusal came in pieces. */
  textCame: boolean;
  /** Reasoning came in pieces. */
  reasoningCame: boolean;
  closed: boolean;
  call: OpenFunctionCall | undefined;
}

export interface OpenFunctionCall {
  readonly callId: string;
  readonly name: string;
  argumentsText: string;
}
