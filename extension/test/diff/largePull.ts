// A pull request as large as GitHub lists, with a run that has to do with some of it: to see what one event costs.
import type { ChangedFile, ChangeSet } from "../../src/diff/changes.ts";
import { LabelledRun, nothing } from "./labelledRun.ts";

const LINES = 40;

const file = (number: number): ChangedFile => {
  const lines = Array.from({ length: LINES }, (_, line) =>
    line % 10 === 0
      ? `+  await fetch("https://host${number}.example/v1/part${line}");`
      : `+  const value${line} = compute(${number}, ${line}, "text ${number * line}");`,
  );
  return {
    path: `packages/part${number % 50}/src/file${number}.ts`,
    status: "added",
    patch: [`@@ -0,0 +1,${LINES} @@`, ...lines].join("\n"),
  };
};

export const largePull = (files: number): { readonly changes: ChangeSet; readonly run: LabelledRun } => {
  const changed = Array.from({ length: files }, (_, number) => file(number));
  const commits = Array.from({ length: 20 }, (_, number) => ({
    sha: `${"0".repeat(38)}${10 + number}`,
    message: `Part ${number}`,
    authoredAt: Date.parse("2026-05-31T06:00:00Z") + number * 60_000,
    committedAt: Date.parse("2026-05-31T06:00:00Z") + number * 60_000,
    files: changed.slice(number * 150, number * 150 + 150),
  }));
  const run = new LabelledRun("octo-org/large", "2026-05-31", "06:00:30");
  const shell = run.exec(["bash"], undefined);
  for (let number = 0; number < 50; number += 1) {
    const node = run.exec(["node", `packages/part${number}/src/file${number}.ts`], shell, nothing);
    run.connect(node, `host${number}.example`, nothing);
    run.connect(node, `nowhere${number}.test`, nothing);
    run.write(node, "create", `build/out${number}/deep/result.json`, nothing);
  }
  return { changes: { files: changed, commits }, run };
};
