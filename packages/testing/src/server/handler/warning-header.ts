/** Characters of all warnings of an answer, and of each where they would be more. */
const most = 4 * 1024
const mostOfEach = 256

/**
 * What the client should know beside the answer, as a `Warning` header; undefined where there is nothing to tell. As with kube-apiserver
 * 1.37 each is told once, they are cut short when they get too long together, and one with control characters is left out.
 */
export const warningHeader = (warnings: readonly string[]): string | undefined => {
  const texts = [...new Set(warnings)].filter(text => text !== '')
  const sendable = texts.filter(text => !/\p{Cc}/u.test(text))
  const told = lengthOf(sendable) <= most ? sendable : shortened(sendable)
  return told.length === 0 ? undefined : told.map(text => `299 - "${text.replace(/["\\]/g, '\\$&')}"`).join(', ')
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + [...text].length, 0)

/** Cut short each, until there is enough; the last may go over the end. */
const shortened = (texts: readonly string[]): readonly string[] => {
  const cut = texts.map(text => [...text].slice(0, mostOfEach).join(''))
  return cut.filter((_, i) => lengthOf(cut.slice(0, i)) < most)
}
