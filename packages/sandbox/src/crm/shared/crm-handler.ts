/** A CRM's server: a request in, its answer out. Throws {@link ConnectionLost} where the line goes dead instead. */
export type CrmHandler = (request: Request) => Promise<Response>;

/** The connection breaks: before the headers when a handler throws it, inside the body when the body's stream errs with it. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";

  constructor() {
    super("the sandbox breaks the connection");
  }
}
