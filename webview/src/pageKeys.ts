// Keys that work wherever the focus is, except while typing.

/** Listens for them for as long as the page lives. */
export const onPageKey = (keys: { readonly filter: () => void; readonly help: () => void }): void => {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (isCommand && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "f") keys.filter();
    else if (event.key === "?" && !isCommand && !(event.target instanceof HTMLInputElement)) keys.help();
    else return;
    event.preventDefault();
  });
};
