/** What a text holds as JSON, as entries of Secrets and values of metadata do; undefined where it is none. */
export const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
