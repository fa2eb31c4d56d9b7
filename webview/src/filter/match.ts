// A query into one test of a row. Texts are looked at once each: a test remembers its answer per interned text, so that a
// million rows cost a million array reads, not a million searches.
import { EXITED, flag, kindOf, kinds, type Kind, mark, NONE, opBits, subOf, tagOf, TCP } from "../model/rowKinds.ts";
import type { RunModel } from "../model/runModel.ts";
import { signalName } from "../text/signals.ts";
import { type Glob, globTest } from "./glob.ts";
import type { IsWord, KeyName, TypeWord } from "./keys.ts";
import type { Condition, NumberTest, Query } from "./parser.ts";
import { compilePath } from "./pathMatch.ts";
import { shortId } from "../text/container.ts";
import { TextMemo } from "./textMemo.ts";
import { timeTest } from "./timeTest.ts";
import { underTest } from "./under.ts";

export type RowTest = (row: number) => boolean;

export interface Matcher {
  readonly test: RowTest;
}

const never: RowTest = () => false;

const kindWords: { readonly [W in TypeWord]: readonly Kind[] } = {
  process: [kinds.process],
  network: [kinds.net],
  dns: [kinds.dns],
  http: [kinds.http],
  file: [kinds.file],
  loss: [kinds.loss],
  finding: [kinds.finding],
  step: [kinds.step],
  tool: [kinds.tool],
  enforcement: [kinds.enforcement],
  firewall: [kinds.firewall],
  other: [kinds.other],
};
const wordOfEvent: Readonly<Record<string, TypeWord>> = {
  "process.exec": "process",
  "process.exit": "process",
  "net.connect": "network",
  "net.close": "network",
  "dns.query": "dns",
  "http.request": "http",
  "http.response": "http",
  "file.write": "file",
  "file.read": "file",
  "step.start": "step",
  "step.end": "step",
  "tool.start": "tool",
  "tool.end": "tool",
};

/** Kinds whose rows come from one note each. */
const isNote = (kind: Kind): boolean => kind === kinds.dns || kind === kinds.http || kind >= kinds.loss;

const globWord = (word: string, words: readonly string[]): string[] => {
  const glob: Glob = { pieces: word.split("*"), hasSpace: false, hasSlash: false };
  return words.filter((other) => globTest(glob, other));
};

const typeTest = (model: RunModel, words: readonly string[]): RowTest => {
  const wanted = new Uint8Array(32);
  for (const word of words) {
    const named = wordOfEvent[word];
    const found = named === undefined ? globWord(word, Object.keys(kindWords)) : [named];
    for (const name of found) for (const kind of kindWords[name as TypeWord]) wanted[kind] = 1;
  }
  return (row) => wanted[kindOf(model.rows.tag[row] ?? 0)] === 1;
};

const isTest = (model: RunModel, word: string): RowTest => {
  const flagged =
    (bit: number): RowTest =>
    (row) =>
      ((model.rows.flags[row] ?? 0) & bit) !== 0;
  const isProcess = (row: number): boolean => kindOf(model.rows.tag[row] ?? 0) === kinds.process;
  const marked =
    (bit: number): RowTest =>
    (row) =>
      isProcess(row) && ((model.processes.marks[model.rows.ref[row] ?? 0] ?? 0) & bit) !== 0;
  const tests: { readonly [W in IsWord]: RowTest } = {
    denied: flagged(flag.denied),
    "would-block": flagged(flag.wouldBlock),
    new: flagged(flag.firstContact),
    running: (row) => isProcess(row) && model.processes.state[model.rows.ref[row] ?? 0] !== EXITED,
    failed: flagged(flag.failed),
    lost: (row) => kindOf(model.rows.tag[row] ?? 0) === kinds.loss || (model.rows.folded[row] ?? 0) > 0,
    detached: flagged(flag.detached),
    open: flagged(flag.open),
    existing: marked(mark.existing),
    forked: marked(mark.forked),
  };
  return Object.hasOwn(tests, word) ? tests[word as IsWord] : never;
};

const opTest = (model: RunModel, words: readonly string[]): RowTest => {
  let mask = 0;
  for (const word of words) {
    for (const op of globWord(word, Object.keys(opBits))) mask |= opBits[op as keyof typeof opBits];
  }
  return (row) => kindOf(model.rows.tag[row] ?? 0) === kinds.file && ((model.rows.state[row] ?? 0) & mask) !== 0;
};

const numberTest = (tests: readonly NumberTest[]) => (number: number) =>
  tests.some((test) =>
    "glob" in test ? globTest(test.glob, String(number)) : number >= test.low && number <= test.high,
  );

const anyGlob = (globs: readonly Glob[], text: string): boolean => globs.some((glob) => globTest(glob, text));

/** Tests the path of a file row, and the old one of a renamed file. */
const pathTest = (model: RunModel, globs: readonly Glob[]): RowTest => {
  const path = compilePath(model.strings, globs);
  const froms = new TextMemo(model.strings, globs);
  return (row) => {
    const rows = model.rows;
    if (kindOf(rows.tag[row] ?? 0) !== kinds.file) return false;
    const from = rows.ref[row] ?? 0;
    if (from !== 0 && froms.test(from)) return true;
    return path(rows.keyA[row] ?? 0, rows.keyB[row] ?? 0);
  };
};

/** A bare word: any text that the row itself shows. */
const textTest = (model: RunModel, globs: readonly Glob[]): RowTest => {
  const memo = new TextMemo(model.strings, globs);
  const path = pathTest(model, globs);
  return (row) => {
    const rows = model.rows;
    const ref = rows.ref[row] ?? 0;
    const kind = kindOf(rows.tag[row] ?? 0);
    if (kind === kinds.process) {
      const p = model.processes;
      return (
        memo.test(p.exe[ref] ?? 0) ||
        memo.test(p.argv[ref] ?? 0) ||
        memo.test(p.cwd[ref] ?? 0) ||
        memo.test(p.user[ref] ?? 0) ||
        anyGlob(globs, String(p.pid[ref] ?? 0))
      );
    }
    if (kind === kinds.file) return path(row);
    if (kind === kinds.net) {
      return (
        memo.test(rows.keyA[row] ?? 0) ||
        memo.test(rows.keyB[row] ?? 0) ||
        memo.test(model.flows.error[ref] ?? 0) ||
        memo.test(model.flows.rule[ref] ?? 0)
      );
    }
    if (!isNote(kind)) return false;
    const notes = model.notes;
    return memo.test(notes.label[ref] ?? 0) || memo.test(notes.detail[ref] ?? 0) || memo.test(notes.result[ref] ?? 0);
  };
};

const resultTest = (model: RunModel, globs: readonly Glob[]): RowTest => {
  const memo = new TextMemo(model.strings, globs);
  const ok = anyGlob(globs, "ok");
  return (row) => {
    const ref = model.rows.ref[row] ?? 0;
    const kind = kindOf(model.rows.tag[row] ?? 0);
    if (kind === kinds.net) {
      const failed = model.flows.failed[ref] ?? 0;
      const settled = (model.rows.hits[row] ?? 0) - (model.flows.pending[ref] ?? 0);
      return (failed > 0 && memo.test(model.flows.error[ref] ?? 0)) || (ok && settled > failed);
    }
    return isNote(kind) && memo.test(model.notes.result[ref] ?? 0);
  };
};

const exitTest =
  (model: RunModel, globs: readonly Glob[]): RowTest =>
  (row) => {
    const ref = model.rows.ref[row] ?? 0;
    if (kindOf(model.rows.tag[row] ?? 0) !== kinds.process || model.processes.state[ref] !== EXITED) return false;
    const signal = model.processes.signal[ref] ?? 0;
    return anyGlob(globs, signal === 0 ? String(model.processes.code[ref] ?? 0) : signalName(signal));
  };

/** By id or by name: of the step itself, and of what belongs to it. */
const stepTest = (model: RunModel, memo: TextMemo): RowTest => {
  const { stepNames } = model;
  return (row) => {
    const { tag, keyA, owner } = model.rows;
    const isStep = kindOf(tag[row] ?? 0) === kinds.step;
    const id = isStep ? (keyA[row] ?? 0) : (model.processes.step[owner[row] ?? NONE] ?? 0);
    // The text 0 is empty: no step, and what is in none is not found by "*" either.
    return id !== 0 && (memo.test(id) || memo.test(stepNames.get(id) ?? id));
  };
};

/** By id (all of it, or the 12 digits that are shown), name, image or runtime. */
const containerTest = (model: RunModel, memo: TextMemo, globs: readonly Glob[]): RowTest => {
  const matches = (id: number): boolean => {
    if (memo.test(id) || anyGlob(globs, shortId(model.text(id)))) return true;
    const facts = model.containers.get(id);
    return facts !== undefined && [facts.name, facts.image, facts.runtime].some((text) => memo.test(text));
  };
  return (row) => {
    const id = model.processes.container[model.rows.owner[row] ?? NONE] ?? 0;
    return id !== 0 && matches(id);
  };
};

/** By id, by name, or by what it is about: of the call itself, and of what belongs to it. */
const toolTest = (model: RunModel, memo: TextMemo): RowTest => {
  const matches = (id: number): boolean => {
    if (memo.test(id)) return true;
    const call = model.index.find(model.rows, tagOf(kinds.tool), 0, id, 0);
    const note = model.rows.ref[call] ?? 0;
    return call !== NONE && (memo.test(model.notes.label[note] ?? 0) || memo.test(model.notes.detail[note] ?? 0));
  };
  return (row) => {
    const { tag, keyA, owner } = model.rows;
    const isCall = kindOf(tag[row] ?? 0) === kinds.tool;
    const own = model.rowTools.get(row);
    const ofRow = own === undefined ? (model.processes.tool[owner[row] ?? NONE] ?? 0) : own >> 1;
    const id = isCall ? (keyA[row] ?? 0) : ofRow;
    return id !== 0 && matches(id);
  };
};

const exactOrPart = (model: RunModel, key: KeyName, globs: readonly Glob[]): RowTest => {
  const memo = new TextMemo(model.strings, globs);
  const ofOwner =
    (column: "comm" | "exe" | "cwd" | "user"): RowTest =>
    (row) => {
      const owner = model.rows.owner[row] ?? NONE;
      return owner !== NONE && memo.test(model.processes[column][owner] ?? 0);
    };
  switch (key) {
    case "comm":
    case "exe":
    case "cwd":
    case "user":
      return ofOwner(key);
    case "step":
      return stepTest(model, memo);
    case "tool":
      return toolTest(model, memo);
    case "container":
      return containerTest(model, memo, globs);
    case "arg": {
      const each = new TextMemo(model.strings, globs, "\0");
      return (row) => {
        const owner = model.rows.owner[row] ?? NONE;
        return owner !== NONE && each.test(model.processes.argv[owner] ?? 0);
      };
    }
    case "host":
      return (row) => {
        const kind = kindOf(model.rows.tag[row] ?? 0);
        const ref = model.rows.ref[row] ?? 0;
        if (kind === kinds.net) return memo.test(model.flows.host[ref] ?? 0) || memo.test(model.flows.ip[ref] ?? 0);
        return (
          (kind === kinds.dns || kind === kinds.http || kind === kinds.firewall) &&
          memo.test(model.notes.host[ref] ?? 0)
        );
      };
    case "ip":
      return (row) =>
        kindOf(model.rows.tag[row] ?? 0) === kinds.net && memo.test(model.flows.ip[model.rows.ref[row] ?? 0] ?? 0);
    case "path":
      return pathTest(model, globs);
    case "result":
      return resultTest(model, globs);
    case "exit":
      return exitTest(model, globs);
    case "under":
      return underTest(model, globs);
    default:
      return never;
  }
};

const compileCondition = (model: RunModel, condition: Condition): RowTest => {
  switch (condition.kind) {
    case "text":
      return textTest(model, condition.globs);
    case "exact":
    case "part":
      return exactOrPart(model, condition.key, condition.globs);
    case "number": {
      const test = numberTest(condition.tests);
      if (condition.key === "port") {
        return (row) =>
          kindOf(model.rows.tag[row] ?? 0) === kinds.net && test(model.flows.port[model.rows.ref[row] ?? 0] ?? 0);
      }
      const column = condition.key === "ppid" ? "ppid" : "pid";
      return (row) => {
        const owner = model.rows.owner[row] ?? NONE;
        return owner !== NONE && test(model.processes[column][owner] ?? 0);
      };
    }
    case "time":
      return timeTest(model, condition.spans);
    case "size":
      return (row) => {
        const kind = kindOf(model.rows.tag[row] ?? 0);
        const table = kind === kinds.net ? model.flows : kind === kinds.process ? model.processes : undefined;
        const ref = model.rows.ref[row] ?? 0;
        return table !== undefined && (table.sent[ref] ?? 0) + (table.received[ref] ?? 0) > condition.bytes;
      };
    case "word": {
      if (condition.key === "type") return typeTest(model, condition.words);
      if (condition.key === "op") return opTest(model, condition.words);
      if (condition.key === "proto") {
        const subs = globWord(condition.words[0] ?? "", ["tcp", "udp"]);
        return (row) => {
          const tag = model.rows.tag[row] ?? 0;
          return kindOf(tag) === kinds.net && subs.includes(subOf(tag) === TCP ? "tcp" : "udp");
        };
      }
      const tests = condition.words.map((word) => isTest(model, word));
      return (row) => tests.some((test) => test(row));
    }
  }
};

/** Folded groups are shown for what is in them, never for themselves. */
const isGroup = (kind: Kind): boolean => kind === kinds.files || kind === kinds.connections;

/** The test of a query, or undefined where it asks for nothing. */
export const compileQuery = (model: RunModel, query: Query): Matcher | undefined => {
  if (query.terms.length === 0) return undefined;
  const tests = query.terms.map((term) => compileCondition(model, term.condition));
  const wanted = query.terms.map((term) => !term.negated);
  const count = tests.length;
  return {
    test: (row) => {
      if (isGroup(kindOf(model.rows.tag[row] ?? 0))) return false;
      for (let i = 0; i < count; i++) if (tests[i]?.(row) !== wanted[i]) return false;
      return true;
    },
  };
};
