// The key of a run that is followed through GitHub: what a restored editor is found by, and watched again.
import type { RepositoryName } from "./hostedSource.ts";

/** Which run of GitHub's, and which of its rows: a further job's, by the key of its artifacts, or `attempt.N`. */
export interface HostedRow extends RepositoryName {
  readonly id: number;
  readonly row?: string;
}

export const hostedRunKey = ({ owner, name, id }: RepositoryName & { readonly id: number }): string =>
  `hosted:${owner}/${name}/${id}`.toLowerCase();

/** Undefined for the key of another run. The text comes from a page. */
export const parseHostedRunKey = (key: string): HostedRow | undefined => {
  const [, owner, name, id, row] =
    /^hosted:([a-z0-9](?:[a-z0-9_-]{0,99}))\/([a-z0-9._-]{1,100})\/([1-9]\d{0,14})(?:#([\w.-]{1,120}))?$/.exec(key) ??
    [];
  if (owner === undefined || name === undefined || /^\.{1,2}$/.test(name)) return undefined;
  return { owner, name, id: Number(id), ...(row === undefined ? {} : { row }) };
};
