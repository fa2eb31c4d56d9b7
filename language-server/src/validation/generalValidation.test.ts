import assert from "node:assert/strict";
import type { Diagnostic } from "vscode-languageserver/node";
import { GeneralValidation, GENERAL_SOURCE } from "./generalValidation.ts";
import { validationBundle, ValidationThread } from "./validationThread.ts";

const rangeOf = (line: number, from: number, to: number): Diagnostic["range"] => ({
  start: { line, character: from },
  end: { line, character: to },
});

/** Validation of texts in a map, by a validator that answers when it is told to. */
const create = (ours: readonly Pick<Diagnostic, "code" | "range">[] = []) => {
  const texts = new Map<string, string>();
  const published: [uri: string, messages: string[]][] = [];
  const asked: { text: string; answer: (messages: readonly Diagnostic[]) => void }[] = [];
  let [wake, stops]: [(() => void) | undefined, number] = [undefined, 0];
  /** Resolves when `check` holds; something is asked or published before each look. */
  const until = async (check: () => boolean): Promise<void> => {
    while (!check()) await new Promise<void>((resolve) => (wake = resolve));
  };
  const general = new GeneralValidation({
    quietMs: 1,
    thread: {
      validate: (_, text) =>
        new Promise((resolve) => {
          asked.push({ text, answer: resolve });
          wake?.();
        }),
      stop: () => {
        stops++;
        return Promise.resolve();
      },
    },
    publish: (uri, diagnostics) => {
      published.push([uri, diagnostics.map(({ message, source }) => `${source}: ${message}`)]);
      wake?.();
    },
    ours: () => ours,
    textOf: (uri) => texts.get(uri),
  });
  return { general, texts, published, asked, until, stops: () => stops };
};

const found = (message: string, range = rangeOf(0, 0, 1)): Diagnostic => ({ message, range });

describe("general validation", () => {
  // The timers of what is tested keep no process alive.
  const alive = setInterval(() => undefined, 1000);
  after(() => clearInterval(alive));

  it("does nothing until it is turned on, and takes back what it said when it is turned off", async () => {
    const { general, texts, published, asked, until, stops } = create();
    texts.set("a", "one");
    general.changed("a");
    general.turn(true, ["a"]);
    await until(() => asked.length === 1);
    asked[0]?.answer([found("bad")]);
    await until(() => published.length === 1);
    general.turn(false, ["a"]);
    assert.deepEqual(published, [
      ["a", [`${GENERAL_SOURCE}: bad`]],
      ["a", []],
    ]);
    assert.equal(stops(), 1);
  });

  it("validates one text at a time, and says nothing of one that has changed meanwhile", async () => {
    const { general, texts, published, asked, until } = create();
    general.turn(true, []);
    texts.set("a", "one");
    texts.set("b", "two");
    general.changed("a");
    general.changed("b");
    await until(() => asked.length === 1);
    texts.set("a", "newer");
    general.changed("a");
    asked[0]?.answer([found("old")]);
    await until(() => asked.length === 2);
    asked[1]?.answer([]);
    await until(() => asked.length === 3);
    asked[2]?.answer([found("new")]);
    await until(() => published.length === 1);
    assert.deepEqual(asked.map(({ text }) => text).toSorted(), ["newer", "one", "two"]);
    // Of what nothing was ever found in, nothing is said.
    assert.deepEqual(published, [["a", [`${GENERAL_SOURCE}: new`]]]);
    general.closed("b");
    general.closed("a");
    assert.deepEqual(published.slice(1), [["a", []]]);
  });

  it("leaves to us what we say at the same place", async () => {
    const ours = [
      { code: "policy/wrong-node-type", range: rangeOf(3, 0, 9) },
      { code: "endpoint/duplicate", range: rangeOf(5, 0, 9) },
    ];
    const { general, texts, published, asked, until } = create(ours);
    texts.set("a", "x");
    general.turn(true, ["a"]);
    await until(() => asked.length === 1);
    asked[0]?.answer([
      found("same", rangeOf(3, 4, 12)),
      found("other", rangeOf(5, 0, 9)),
      found("far", rangeOf(9, 0, 1)),
    ]);
    await until(() => published.length === 1);
    assert.deepEqual(published[0]?.[1], [`${GENERAL_SOURCE}: other`, `${GENERAL_SOURCE}: far`]);
  });
});

describe("the thread that validates", () => {
  const bundle = validationBundle();
  assert.ok(bundle !== undefined, "dist/workflow-validation.js: run npm run build");

  it("knows workflows and actions, and is started anew after it has ended", async () => {
    const thread = new ValidationThread(bundle);
    const messages = async (uri: string, text: string): Promise<string[]> =>
      (await thread.validate(uri, text)).map(({ message }) => String(message));
    const workflow = "on: push\njobs:\n  a:\n    runs_on: ubuntu-latest\n    steps:\n      - run: make\n";
    assert.match((await messages("file:///.github/workflows/a.yml", workflow)).join(), /Unexpected value 'runs_on'/);
    const sound = workflow.replace("runs_on", "runs-on");
    assert.deepEqual(await messages("file:///.github/workflows/a.yml", sound), []);
    await thread.stop();
    assert.ok((await messages("file:///x/action.yml", "name: x\nruns:\n  using: nothing\n")).length > 0);
    await thread.stop();
  });

  it("is ended where a text takes it too long", async () => {
    const thread = new ValidationThread(bundle, 1);
    const text = `on: push\njobs:\n${Array.from({ length: 500 }, (_, n) => `  j${n}:\n    runs-on: x\n    steps:\n      - run: \${{ github.${n} }}\n`).join("")}`;
    assert.deepEqual(await thread.validate("file:///.github/workflows/a.yml", text), []);
    await thread.stop();
  });
});
