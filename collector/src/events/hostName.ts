// What can be the name of a host, as far as we put it into a log.

const MOST = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Lower case, labels of letters, digits, `-` and `_`, at least one that is no number; so no IP address. */
export const isHostName = (text: string): boolean => {
  if (text.length > MOST || text === "") return false;
  const labels = text.split(".");
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? "");
};
