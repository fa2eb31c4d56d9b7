// What stands for a host in a URL or a `Host` header.

/** The host of an authority, without its port, and without the brackets of an IPv6 address. */
export const hostOfAuthority = (authority: string): string => {
  const bracketed = /^\[(.*)\](?::\d*)?$/.exec(authority)?.[1];
  if (bracketed !== undefined) return bracketed;
  // More than one colon, and no brackets: an address by itself.
  return authority.indexOf(":") === authority.lastIndexOf(":") ? authority.replace(/:\d*$/, "") : authority;
};
