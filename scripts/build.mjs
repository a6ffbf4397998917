/** `npm run build`: JavaScript and declarations of every package. */
import { buildDeclarations, buildJavaScript } from "./workspace/build.mjs";
import { runMain } from "./workspace/progress.mjs";

await runMain(async () => {
  const { exitCode, output } = await buildJavaScript();
  process.stdout.write(output);
  return exitCode === 0 ? buildDeclarations() : exitCode;
});
