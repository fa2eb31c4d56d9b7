// Reads no more of an answer than can be one of ours.

/** The text of an answer, or its first part of at least `longest` characters; nothing is read behind that. */
export const boundedText = async ({ body }: Response, longest: number): Promise<string> => {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > longest) break;
  }
  return text;
};
