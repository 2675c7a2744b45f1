// A question with text attached to it, as one message.

/** The question, and below it the text in a fence that nothing in it closes. */
export function withAttachment(question: string, attached: string): string {
  let longest = 2;
  for (const [run] of attached.matchAll(/`{3,}/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  const block = `${fence}\n${attached}${attached.endsWith('\n') ? '' : '\n'}${fence}`;
  return question.trim() === '' ? block : `${question.trimEnd()}\n\n${block}`;
}
