// Which repository of a window is the one that a run worked on, and whether what the run worked on is checked out in it. Pure, so
// that it can be tested.

/** A repository's remotes, as VS Code's git extension has them. */
interface Remote {
  readonly fetchUrl?: string;
  readonly pushUrl?: string;
}

/** `owner/name` at the end of a remote's address. */
const endsWith = (url: string, repository: string): boolean => {
  const plain = url
    .toLowerCase()
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
  const name = repository.toLowerCase();
  return plain.endsWith(`/${name}`) || plain.endsWith(`:${name}`);
};

/** Whether one of the remotes is the repository `owner/name`. */
export const isRemoteOf = (remotes: readonly Remote[], repository: string): boolean =>
  remotes.some(({ fetchUrl, pushUrl }) => endsWith(fetchUrl ?? pushUrl ?? "", repository));

/**
 * Whether the run worked on the branch that is checked out, as far as it says which that was. What it does not call a branch, as
 * a tag, or the trial merge of a pull request, is not what is checked out.
 */
export const isCheckedOut = (
  run: { readonly repository?: string | undefined; readonly ref?: string | undefined },
  checkedOut: string | undefined,
): boolean => {
  if (run.repository === undefined || run.ref === undefined) return true;
  const branch = /^refs\/heads\/(.+)$/.exec(run.ref)?.[1];
  return branch !== undefined && branch === checkedOut;
};
