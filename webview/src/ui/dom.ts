// The page's only way to make elements. Text goes in as text nodes, never as markup.

type AttributeValue = string | number | boolean | undefined;
export type Attributes = Readonly<Record<string, AttributeValue>>;
export type Child = Node | string;

/** Sets or, for `undefined` and `false`, removes an attribute. `true` sets it empty. */
export const setAttribute = (element: Element, name: string, value: AttributeValue): void => {
  if (value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
};

/** An element with attributes and children; strings become text. */
export const el = <T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[T] => {
  const element = document.createElement(tag);
  for (const name in attributes) setAttribute(element, name, attributes[name]);
  element.append(...children);
  return element;
};

/** A codicon that only decorates: what it means is said in words beside it. */
export const icon = (name: string): HTMLElement =>
  el("span", { class: `codicon codicon-${name}`, "aria-hidden": "true" });

/** A button with an icon alone; `label` is its name and its tooltip. */
export const iconButton = (name: string, label: string, onClick: () => void): HTMLButtonElement => {
  const button = el("button", { type: "button", class: "icon-button", "aria-label": label, title: label }, icon(name));
  button.addEventListener("click", onClick);
  return button;
};

/** A button with words. `keys`: what does the same in the list, as `Ctrl+Enter`; shown beside the label. */
export const textButton = (
  label: string,
  kind: "primary" | "secondary",
  onClick: () => void,
  keys?: string,
): HTMLButtonElement => {
  const button = el("button", { type: "button", class: `text-button ${kind}` }, label);
  if (keys !== undefined) {
    button.append(el("kbd", { "aria-hidden": "true" }, keys));
    button.setAttribute("aria-keyshortcuts", keys.replace("Ctrl", "Control"));
    button.title = `${label} (${keys} in the list)`;
  }
  button.addEventListener("click", onClick);
  return button;
};

/** Writes text only where it changed: reading is cheap, writing makes the browser lay out again. */
export const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};
