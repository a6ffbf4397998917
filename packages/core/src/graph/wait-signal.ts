/** Ends a node that waits. Whoever catches it changes nothing: the engine has noted the wait. */
export class WaitSignal extends Error {
  override readonly name = "WaitSignal";

  constructor(node: string) {
    super(`The node "${node}" waits. This is no failure: let it pass through.`);
  }
}
