import ts from "typescript";

/**
 * How a host's app compiles: strict, as Node.js resolves.
 *
 * @type {ts.CompilerOptions}
 */
export const hostCompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ["node"],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
};
