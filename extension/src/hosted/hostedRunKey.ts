// The key of a run that is followed through GitHub: what a restored editor is found by, and watched again.
import type { RepositoryName } from "./hostedSource.ts";

export const hostedRunKey = ({ owner, name, id }: RepositoryName & { readonly id: number }): string =>
  `hosted:${owner}/${name}/${id}`.toLowerCase();

/** Undefined for the key of another run, also of a further job of one. The text comes from a page. */
export const parseHostedRunKey = (key: string): (RepositoryName & { readonly id: number }) | undefined => {
  const [, owner, name, id] =
    /^hosted:([a-z0-9](?:[a-z0-9_-]{0,99}))\/([a-z0-9._-]{1,100})\/([1-9]\d{0,14})$/.exec(key) ?? [];
  if (owner === undefined || name === undefined || /^\.{1,2}$/.test(name)) return undefined;
  return { owner, name, id: Number(id) };
};
