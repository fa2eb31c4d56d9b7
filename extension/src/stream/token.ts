// What can be a collector's token: what it takes itself, and an HTTP header can hold. Anything else is never sent, as what then
// complains would show it.

export const isToken = (text: string): boolean => /^[\x21-\x7e]{1,4096}$/.test(text);
