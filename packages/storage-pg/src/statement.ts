import { createHash } from "node:crypto";

/** SQL that is prepared once for each connection. */
export interface Statement {
  /** Follows from the text, so that two versions or schemas on one connection never share a name. */
  readonly name: string;
  readonly text: string;
  /** Whether it only reads. */
  readonly reads: boolean;
  /** It gives no rows: what counts is how many it wrote. As many empty rows stand for them. */
  readonly counts: boolean;
  /** It is not prepared but planned each time, for the size that its tables have by then. */
  readonly isPlannedAnew: boolean;
}

function toStatement(text: string, reads: boolean, counts = false): Statement {
  const digest = createHash("sha256").update(text).digest("base64url").slice(0, 22);
  return Object.freeze({ name: `salesagent_${digest}`, text, reads, counts, isPlannedAnew: false });
}

/** A statement that only reads. */
export function reading(text: string): Statement {
  return toStatement(text, true);
}

/** A statement that writes. */
export function writing(text: string): Statement {
  return toStatement(text, false);
}

/** A statement that writes and gives no rows, which spares both sides describing and sending them. */
export function counting(text: string): Statement {
  return toStatement(text, false, true);
}

/**
 * The statement, planned at each call: for lists of rows of tables that grow from nothing to millions. A plan that was made for
 * a few rows, such as a join that reads all of a table, is kept for minutes where it is prepared.
 */
export function plannedAnew(statement: Statement): Statement {
  return Object.freeze({ ...statement, isPlannedAnew: true });
}

/** Makes each statement of a family when it is first wanted; there are only so many texts. */
export function createStatementCache(make: (text: string) => Statement): (text: string) => Statement {
  const statements = new Map<string, Statement>();
  return (text) => {
    let statement = statements.get(text);
    if (statement === undefined) {
      statement = make(text);
      statements.set(text, statement);
    }
    return statement;
  };
}
