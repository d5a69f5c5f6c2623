interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** As generators of clients take it for a name: signs that no name has are left out, and the letter behind them is capital. */
const asName = (text: string, capital: boolean): string => {
  let next = capital
  let name = ''
  for (const [i, letter] of [...text].entries()) {
    if (!/[\p{L}_]/u.test(letter) && !(i > 0 && /\p{Nd}/u.test(letter))) next = true
    else {
      name += next ? letter.toUpperCase() : letter
      next = false
    }
  }
  return name
}

const groupName = ({ group }: GroupVersion): string => (group === '' ? 'core' : group.replace(/\.k8s\.io$/, ''))

/** `apps_v1`: under which generators of clients collect operations. */
export const tagOf = (self: GroupVersion): string => `${asName(groupName(self), false)}_${asName(self.version, false)}`

const verbs = /^(?:list|create|delete|read|replace|patch)/

/** `readCoreV1Node` for `readNode`. */
export const operationId = (name: string, self: GroupVersion): string => {
  const [verb = ''] = verbs.exec(name) ?? []
  return `${verb}${asName(groupName(self), true)}${asName(self.version, true)}${asName(name.slice(verb.length), true)}`
}
