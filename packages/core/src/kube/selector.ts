type Labels = Readonly<Record<string, string>>
type Requirement = (labels: Labels) => boolean

/**
 * A label selector as a predicate: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas. As in
 * Kubernetes, `!=` and `notin` hold for objects without the label too.
 * @throws TypeError when the text is no selector: it names the part that is not understood.
 */
export const labelSelector = (text: string): Requirement => {
  const requirements = parts(text).map(requirement)
  return labels => requirements.every(holds => holds(labels))
}

/** A label may be called `constructor`. */
const valueOf = (labels: Labels, key: string): string | undefined => (Object.hasOwn(labels, key) ? labels[key] : undefined)

/** Commas join requirements, but not those inside the parentheses of a set. */
const parts = (text: string): readonly string[] =>
  text
    .split(/,(?![^(]*\))/)
    .map(part => part.trim())
    .filter(part => part !== '')

const requirement = (part: string): Requirement => {
  const match = /^(?:(!)\s*)?([\w./-]+)(?:\s*(==?|!=)\s*([\w.-]*)|\s+(in|notin)\s*\(([^()]*)\))?$/.exec(part)
  const [, not, key = '', equality, value, membership, set] = match ?? []
  if (match === null || (not !== undefined && (equality ?? membership) !== undefined)) {
    throw new TypeError(`"${part}" is not a label selector: write it as key=value, key!=value, key in (a,b), key notin (a,b), key or !key`)
  }
  if (equality !== undefined) return labels => (valueOf(labels, key) === value) === (equality !== '!=')
  if (membership !== undefined) {
    const values = new Set<string | undefined>((set ?? '').split(',').map(each => each.trim()))
    return labels => values.has(valueOf(labels, key)) === (membership === 'in')
  }
  return labels => (valueOf(labels, key) !== undefined) === (not === undefined)
}
