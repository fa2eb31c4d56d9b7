// What a repository's own files say of its remotes and of the branch that is checked out: for where VS Code's git extension is off.

export interface GitFacts {
  /** Addresses of the remotes, `origin` first. */
  readonly remotes: readonly string[];
  readonly branch: string | undefined;
  /** What the GitHub Pull Requests extension notes of a branch: `owner#name#number`. */
  readonly pullOfBranch: string | undefined;
}

const LONGEST = 1_000_000;

/** `text` of a file like `.git/config`, by section, the subsection's name as it is: `remote.origin.url`. */
const readConfig = (text: string): Map<string, string[]> => {
  const values = new Map<string, string[]>();
  let section = "";
  for (const line of text.slice(0, LONGEST).split(/\r?\n/)) {
    const heading = /^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line);
    if (heading !== null) {
      const [, name = "", subsection] = heading;
      const sub = subsection?.replaceAll(/\\(.)/g, "$1");
      section = sub === undefined ? name.toLowerCase() : `${name.toLowerCase()}.${sub}`;
      continue;
    }
    const [, key, value] = /^\s*([A-Za-z][A-Za-z0-9-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const whole = `${section}.${key.toLowerCase()}`;
    values.set(whole, [...(values.get(whole) ?? []), value.replace(/^"(.*)"$/, "$1")]);
  }
  return values;
};

/** `head`: the content of `.git/HEAD`. */
export const readGitFacts = (config: string, head: string): GitFacts => {
  const values = readConfig(config);
  const remotes = [...values].flatMap(([key, urls]) => {
    const name = /^remote\.(.+)\.url$/.exec(key)?.[1];
    return name === undefined || urls[0] === undefined ? [] : [{ name, url: urls[0] }];
  });
  const branch = /^ref: refs\/heads\/(\S+)\s*$/.exec(head)?.[1];
  return {
    remotes: remotes.sort((a, b) => Number(b.name === "origin") - Number(a.name === "origin")).map(({ url }) => url),
    branch,
    pullOfBranch: branch === undefined ? undefined : values.get(`branch.${branch}.github-pr-owner-number`)?.at(-1),
  };
};
