/** A piece of an expression, and where it begins. */
export interface Token {
  readonly kind: "number" | "name" | "symbol" | "end";
  readonly text: string;
  readonly at: number;
}

/** What is wrong with an expression, and where; for the model that wrote it. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";

  constructor(problem: string, at: number) {
    super(`${problem} at position ${at + 1}.`);
  }
}

const PIECE = /\s*(?:((?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)|([a-z]\w*)|(\*\*|[-+*/%^(),]))/iy;

/**
 * Cuts an expression into its pieces. Digits may be grouped as in `1_000_000`.
 *
 * @throws ExpressionError at the first character that begins none.
 */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  const end = expression.trimEnd().length;
  for (let at = 0; at < end; ) {
    PIECE.lastIndex = at;
    const found = PIECE.exec(expression);
    if (!found) {
      const rest = expression.slice(at).trimStart();
      throw new ExpressionError(`"${[...rest][0]}" is not understood`, expression.length - rest.length);
    }
    const [whole, number, name, symbol] = found;
    const text = number ?? name ?? symbol ?? "";
    const kind = number !== undefined ? "number" : name !== undefined ? "name" : "symbol";
    tokens.push({ kind, text, at: at + whole.length - text.length });
    at += whole.length;
  }
  return [...tokens, { kind: "end", text: "the end", at: end }];
}
