import { parseDecimal } from "./decimal.js";
import { FUNCTIONS } from "./functions.js";
import { power, type Quantity } from "./power.js";
import { add, divide, multiply, negate, type Rational, remainder } from "./rational.js";
import { ExpressionError, type Token, tokenize } from "./tokenize.js";

/** How deep parentheses, functions, signs and powers may stand in each other. */
const MAX_DEPTH = 100;

const SUMS: ReadonlyMap<string, (a: Rational, b: Rational) => Rational> = new Map([
  ["+", add],
  ["-", (a: Rational, b: Rational) => add(a, negate(b))],
]);

const PRODUCTS: ReadonlyMap<string, (a: Rational, b: Rational) => Rational> = new Map([
  ["*", multiply],
  ["/", divide],
  ["%", remainder],
]);

/**
 * Works an expression out, exactly as long as it can be. By falling precedence: `^` (from the right), signs, `* / %`, `+ -`.
 *
 * @throws ExpressionError saying what is wrong, and where.
 */
export function evaluate(expression: string): Quantity {
  return new Evaluation(tokenize(expression)).run();
}

/** One pass over the tokens; each method takes the longest piece of its kind. */
class Evaluation {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  run(): Quantity {
    const result = this.#sum();
    const { kind, text, at } = this.#peek();
    if (kind !== "end") throw new ExpressionError(`"${text}" does not belong here`, at);
    return result;
  }

  #sum(): Quantity {
    return this.#chain(SUMS, () => this.#product());
  }

  #product(): Quantity {
    return this.#chain(PRODUCTS, () => this.#signed());
  }

  #chain(operators: typeof SUMS, operand: () => Quantity): Quantity {
    let left = operand();
    for (;;) {
      const token = this.#peek();
      const apply = token.kind === "symbol" ? operators.get(token.text) : undefined;
      if (!apply) return left;
      this.#next += 1;
      const [a, b] = [left, operand()];
      left = located(token, () => ({ value: apply(a.value, b.value), exact: a.exact && b.exact }));
    }
  }

  #signed(): Quantity {
    const token = this.#peek();
    if (token.text !== "-" && token.text !== "+") return this.#power();
    this.#next += 1;
    const operand = this.#deeper(token, () => this.#signed());
    return token.text === "-" ? { ...operand, value: negate(operand.value) } : operand;
  }

  #power(): Quantity {
    const base = this.#operand();
    const token = this.#peek();
    if (token.text !== "^" && token.text !== "**") return base;
    this.#next += 1;
    const exponent = this.#deeper(token, () => this.#signed());
    return located(token, () => power(base, exponent));
  }

  #operand(): Quantity {
    const token = this.#peek();
    this.#next += 1;
    if (token.kind === "number")
      return located(token, () => ({ value: parseDecimal(token.text), exact: true }));
    if (token.kind === "name") return this.#call(token);
    if (token.text !== "(") throw new ExpressionError(`A number is missing before "${token.text}"`, token.at);
    const inner = this.#deeper(token, () => this.#sum());
    this.#expect(")");
    return inner;
  }

  #call(name: Token): Quantity {
    const found = FUNCTIONS.get(name.text.toLowerCase());
    if (!found) {
      throw new ExpressionError(
        `There is no function "${name.text}"; there are ${[...FUNCTIONS.keys()].join(", ")}`,
        name.at,
      );
    }
    this.#expect("(");
    const values: Quantity[] = [this.#deeper(name, () => this.#sum())];
    while (this.#peek().text === ",") {
      this.#next += 1;
      values.push(this.#deeper(name, () => this.#sum()));
    }
    this.#expect(")");
    if (values.length < found.fewest || values.length > found.most) {
      const many = found.fewest === found.most ? found.fewest : `${found.fewest} to ${found.most}`;
      throw new ExpressionError(`${name.text} takes ${many} numbers, not ${values.length}`, name.at);
    }
    return located(name, () => found.apply(values));
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? END;
  }

  #expect(symbol: string): void {
    const { text, at } = this.#peek();
    if (text !== symbol) throw new ExpressionError(`"${symbol}" is missing before "${text}"`, at);
    this.#next += 1;
  }

  #deeper(token: Token, read: () => Quantity): Quantity {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new ExpressionError("The expression is nested too deep", token.at);
    const result = read();
    this.#depth -= 1;
    return result;
  }
}

const END: Token = { kind: "end", text: "the end", at: 0 };

/** Says where in the expression a number can't be computed. */
function located(token: Token, compute: () => Quantity): Quantity {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError(error.message, token.at);
    throw error;
  }
}
