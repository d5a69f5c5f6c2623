const letter = /[A-Za-z0-9+/]/

/** Where text stops being base64, at the byte that Go complains of; -1 for good text. Line breaks do not count. */
export const base64Error = (text: string): number => {
  let at = 0
  const skipBreaks = (): void => {
    while (text[at] === '\n' || text[at] === '\r') at += 1
  }
  for (let inGroup = 0; ; inGroup = (inGroup + 1) % 4) {
    skipBreaks()
    const char = text[at]
    if (char === undefined) return inGroup === 0 ? -1 : at - inGroup
    if (!letter.test(char)) return char === '=' && inGroup > 1 ? paddingError(text, at, inGroup) : at
    at += 1
  }
}

/** Padding ends the text: one sign after three letters, two after two. */
const paddingError = (text: string, start: number, letters: number): number => {
  const rest = text.slice(start).replaceAll(/[\r\n]/g, '')
  const wanted = 4 - letters
  if (rest.slice(0, wanted) !== '='.repeat(wanted)) return rest.length < wanted ? text.length : start
  return rest.length === wanted ? -1 : start + wanted
}
