// Whether policies are still found in a text that somebody is typing in.
import { isMap, isScalar, parseAllDocuments, visit } from "yaml";
import { readEndpoints } from "../src/model/endpoints.ts";
import { policiesOf, type Policy } from "../src/model/policies.ts";
import { readWorkflow } from "../src/model/workflow.ts";
import { parseYaml } from "../src/yaml/parse.ts";
import { ScalarText } from "../src/yaml/scalarText.ts";
import { RIGHT, WRONG, type CorpusFile } from "./corpus.ts";
import { Chance, KINDS, type Editable, type Mutation } from "./mutations.ts";

/** A policy's list: its words with their places. */
type Place = readonly [text: string, start: number, end: number];

interface Subject extends CorpusFile {
  readonly editable: Editable;
  readonly lists: readonly (readonly Place[])[];
}

const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;
const lineEnd = (text: string, at: number): number => {
  const newline = text.indexOf("\n", at);
  return newline < 0 ? text.length : newline + 1;
};

const placesOf = (policy: Policy): readonly Place[] =>
  policy.lists.flatMap(({ entries }) => entries.map(({ text, start, end }): Place => [text, start, end]));

const policiesIn = ({ path }: CorpusFile, text: string): readonly Policy[] => policiesOf(readWorkflow(path, text));

/** The lines that are the policies' own: from `uses` or `with`, whichever is first, to the end of the list. */
const ownLines = (text: string, { step, value }: Policy): readonly [start: number, end: number] => {
  const withAt = step.withKey?.range?.[0] ?? Infinity;
  const first = Math.min(step.uses?.span.start ?? Infinity, withAt);
  const listEnd =
    value === undefined ? 0 : value.span.start + text.slice(value.span.start, value.span.end).trimEnd().length;
  const last = Math.max(
    step.uses?.span.end ?? 0,
    listEnd,
    ...[...step.inputs.values()].map(({ key }) => key.range?.[1] ?? 0),
  );
  return [lineStart(text, first), lineEnd(text, last)];
};

const subjectOf = (file: CorpusFile): Subject | undefined => {
  const { text } = file;
  if (parseAllDocuments(text, { logLevel: "silent" }).length !== 1 || policiesIn(file, text).length === 0)
    return undefined;
  if (parseAllDocuments(text, { logLevel: "silent" }).some((one) => "errors" in one && one.errors.length > 0))
    return undefined;
  const policies = policiesIn(file, text);
  // Lists that stand somewhere else are not the step's own lines; a flow map is one line with all around it.
  const isOwn = ({ lists, step }: Policy): boolean =>
    lists.length === 1 && lists[0]?.scalar.node === step.inputs.get("allowed-endpoints")?.value;
  const isBlock = ({ step, job }: Policy): boolean =>
    step.node.flow !== true && job?.node.flow !== true && value(step.withKey) && step.uses !== undefined;
  const value = (key: unknown): boolean => key !== undefined;
  if (!policies.every((policy) => isOwn(policy) && isBlock(policy))) return undefined;
  const kept = policies.map((policy) => ownLines(text, policy));
  const lines: { start: number; end: number }[] = [];
  for (let start = 0; start < text.length; start = lineEnd(text, start)) {
    if (!kept.some(([from, to]) => start >= from && start < to)) lines.push({ start, end: lineEnd(text, start) });
  }
  return {
    ...file,
    editable: { text, lines, keptEnd: Math.max(...kept.map(([, end]) => end)) },
    lists: policies.map(placesOf),
  };
};

export const SUBJECTS: readonly Subject[] = [...RIGHT, ...WRONG].flatMap((file) => subjectOf(file) ?? []);

export const apply = (text: string, { start, end, newText }: Mutation): string =>
  text.slice(0, start) + newText + text.slice(end);

/** How the lists of a text are found. */
export type Finder = (file: CorpusFile, text: string) => readonly (readonly Place[])[];

export const byOurModel: Finder = (file, text) => policiesIn(file, text).map(placesOf);

/** What the yaml package alone finds: maps that use the action, wherever they are. */
export const byTheParserAlone: Finder = (_, text) => {
  const found: (readonly Place[])[] = [];
  const { root } = parseYaml(text);
  if (root === undefined) return found;
  visit(root, {
    Map: (__, map) => {
      const [uses, given] = [map.get("uses", true), map.get("with", true)];
      const list = isMap(given) ? given.get("allowed-endpoints", true) : undefined;
      if (isScalar(uses) && /harden-runner/i.test(String(uses.value)) && isScalar(list))
        found.push(
          readEndpoints(new ScalarText(list, text), text).entries.map(({ text: t, start, end }): Place => [
            t,
            start,
            end,
          ]),
        );
    },
  });
  return found;
};

const survives = (subject: Subject, mutation: Mutation, find: Finder): boolean => {
  const shift = mutation.newText.length - (mutation.end - mutation.start);
  const found = new Set(find(subject, apply(subject.text, mutation)).map((places) => JSON.stringify(places)));
  return subject.lists.every((places) => {
    const moved = places.map(([text, start, end]): Place => {
      const by = start >= mutation.end ? shift : 0;
      return [text, start + by, end + by];
    });
    return found.has(JSON.stringify(moved));
  });
};

export interface Survival {
  readonly kind: string;
  readonly tried: number;
  readonly found: number;
  /** Some of those that were not found. */
  readonly lost: readonly { readonly name: string; readonly mutation: Mutation }[];
}

/** Tries `each` mutations of each kind on each file. */
export const measureSurvival = (each: number, seed: number, find: Finder = byOurModel): readonly Survival[] =>
  Object.entries(KINDS).map(([kind, mutate]) => {
    const chance = new Chance(seed);
    const lost: { name: string; mutation: Mutation }[] = [];
    let tried = 0;
    let found = 0;
    for (const subject of SUBJECTS) {
      for (let n = 0; n < each; n++) {
        const mutation = mutate(subject.editable, chance);
        if (mutation === undefined) continue;
        tried++;
        if (survives(subject, mutation, find)) found++;
        else lost.push({ name: subject.name, mutation });
      }
    }
    return { kind, tried, found, lost };
  });
