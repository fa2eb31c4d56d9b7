// Where a click leads: from what a job uses to its repository or file, from a rule's id to its page. Endpoints lead nowhere.
import { posix } from "node:path";
import type { DocumentLink } from "vscode-languageserver/node";
import type { Positions } from "../lint/positions.ts";
import { suppressionsOf } from "../lint/suppressions.ts";
import { scalarTextOf, type Step, type Workflow } from "../model/workflow.ts";
import { pageUrl, RULE_TEXTS } from "../rules/rulePages.ts";
import type { ScalarText } from "../yaml/scalarText.ts";
import type { Span } from "../yaml/span.ts";

/** Files of this machine, for what a repository has by itself. */
export interface LocalFiles {
  readonly exists: (path: string) => boolean;
  readonly uriOf: (path: string) => string;
}

const REMOTE = /^([\w.-]+)\/([\w.-]+)((?:\/[\w.-]+)*)@([\w./-]+)$/;
const KNOWN: ReadonlySet<string> = new Set(RULE_TEXTS.map(({ id }) => id));

/** The repository's page at the version that is used. */
const repositoryUrl = (uses: string): string | undefined => {
  const [, owner, name, path = "", ref] = REMOTE.exec(uses) ?? [];
  return owner === undefined || [owner, name].some((part) => /^\.+$/.test(part ?? ""))
    ? undefined
    : `https://github.com/${owner}/${name}/tree/${ref}${path}`;
};

/** A file of the same repository; nothing outside of it. */
const localUrl = (uses: string, { path }: Workflow, files: LocalFiles): string | undefined => {
  const unix = path.replaceAll("\\", "/");
  const [, root] = /^(.*?)\.github\/workflows\/[^/]+$/.exec(unix) ?? [];
  const inside = posix.normalize(uses);
  if (root === undefined || !uses.startsWith("./") || inside.startsWith("..")) return undefined;
  const places = /\.ya?ml$/.test(inside) ? [inside] : [`${inside}/action.yml`, `${inside}/action.yaml`];
  const found = places.map((one) => root + one).find((one) => files.exists(one));
  return found === undefined ? undefined : files.uriOf(found);
};

const ofSteps = (steps: readonly Step[]): ScalarText[] => steps.flatMap(({ uses }) => uses ?? []);

const usesOf = (workflow: Workflow): readonly ScalarText[] => {
  const ofJobs = workflow.jobs.flatMap((job) => {
    const called = scalarTextOf(workflow.nodes, job.uses?.value, workflow.text);
    return [...(called === undefined ? [] : [called]), ...ofSteps(job.steps)];
  });
  return [...ofJobs, ...ofSteps(workflow.actionSteps)];
};

/** The ids that a suppression names, each with its place. */
const ruleLinks = (text: string): { readonly span: Span; readonly target: string }[] =>
  suppressionsOf(text).flatMap(({ start, end }) => {
    const open = text.indexOf("[", start) + 1;
    const close = Math.min(text.indexOf("]", open), end);
    return [...text.slice(open, close).matchAll(/[\w/-]+/g)]
      .filter(([id]) => KNOWN.has(id))
      .map(({ 0: id, index }) => ({
        span: { start: open + index, end: open + index + id.length },
        target: pageUrl(id),
      }));
  });

export const linksOf = (workflow: Workflow, positions: Positions, files: LocalFiles): DocumentLink[] => {
  const seen = new Set<unknown>();
  const links = usesOf(workflow).flatMap(({ node, content, value }) => {
    // An aliased step is written once.
    if (seen.has(node)) return [];
    seen.add(node);
    const target = repositoryUrl(value.trim()) ?? localUrl(value.trim(), workflow, files);
    return target === undefined ? [] : [{ span: content, target }];
  });
  return [...links, ...ruleLinks(workflow.text)].map(({ span, target }) => ({ range: positions.range(span), target }));
};
