/** Lookarounds and references to groups. */
const javaScriptOnly = /(?<!\\)(?:\\\\)*(?:\(\?(?:[=!]|<[=!])|\\[1-9])/

/**
 * Go's regular expression as JavaScript's. Not kept anywhere: V8 itself remembers what it compiled, by source and flags.
 * @throws SyntaxError for what Go does not know.
 */
export const patternOf = (pattern: string): RegExp => {
  if (javaScriptOnly.test(pattern)) throw new SyntaxError('looking around and back is not supported')
  const [, letters = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? []
  const body = (letters === '' ? pattern : pattern.slice(letters.length + 3))
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\\([pP])([A-Z])(?!\{)/g, '\\$1{$2}')
    .replaceAll('[[:alpha:]]', '[A-Za-z]')
    .replaceAll('[[:alnum:]]', '[A-Za-z0-9]')
    .replaceAll('[[:digit:]]', '[0-9]')
  try {
    return new RegExp(body, `u${letters}`)
  } catch (error) {
    // The mode with Unicode refuses needless escapes (`\-`, `\_`) that Go takes.
    if (error instanceof SyntaxError) return new RegExp(body, letters)
    throw error
  }
}
