/** An answer other than success, thrown by whatever finds the reason. */
export class CloseRefusal extends Error {
  override readonly name = "CloseRefusal";

  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {
    super(`Close answers ${status}`);
  }
}

/** 400 with what is wrong about which field. */
export function fieldRefusal(field: string, problem: unknown): CloseRefusal {
  return new CloseRefusal(400, { errors: [], "field-errors": { [field]: problem } });
}

/** 400 with a sentence. */
export function plainRefusal(problem: string): CloseRefusal {
  return new CloseRefusal(400, { error: problem });
}

/** 404. */
export function missing(): CloseRefusal {
  return new CloseRefusal(404, { error: "Empty query: does not exist" });
}
