// `under:"npm ci"`: rows of a process whose command line fits, and of all processes that it started.
import { NONE } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import type { Glob } from "./glob.ts";
import { TextMemo } from "./textMemo.ts";

const NO = 1;
const YES = 2;

export const underTest = (model: RunModel, globs: readonly Glob[]): ((row: number) => boolean) => {
  const lines = new TextMemo(model.strings, globs);
  let answers = new Uint8Array(Math.max(1024, model.processCount * 2));

  const ask = (process: number): boolean => {
    const path: number[] = [];
    let at = process;
    let answer = NO;
    // Parents of a damaged log may form a ring: marking "no" while walking ends it.
    while (at !== NONE) {
      if (at >= answers.length) {
        const grown = new Uint8Array(Math.max(at + 1, answers.length * 2));
        grown.set(answers);
        answers = grown;
      }
      const known = answers[at] ?? 0;
      if (known !== 0) {
        answer = known;
        break;
      }
      path.push(at);
      answers[at] = NO;
      if (lines.test(model.processes.argv[at] ?? 0) || lines.test(model.processes.exe[at] ?? 0)) {
        answer = YES;
        break;
      }
      at = model.processes.parent[at] ?? NONE;
    }
    for (const asked of path) answers[asked] = answer;
    return answer === YES;
  };

  return (row) => {
    const owner = model.rows.owner[row] ?? NONE;
    if (owner === NONE) return false;
    const known = answers[owner] ?? 0;
    return known === 0 ? ask(owner) : known === YES;
  };
};
