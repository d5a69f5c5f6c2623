/** Which members each of many groups has; a group without members takes no room. */
export interface Groups {
  /** Nothing happens without a group's name, here and below. */
  add(group: string | undefined, member: string): void
  remove(group: string | undefined, member: string): void
  of(group: string): Iterable<string>
}

export const createGroups = (): Groups => {
  const groups = new Map<string, Set<string>>()
  return {
    add(group, member) {
      if (group !== undefined) groups.set(group, (groups.get(group) ?? new Set()).add(member))
    },
    remove(group, member) {
      if (group === undefined) return
      const members = groups.get(group)
      members?.delete(member)
      if (members?.size === 0) groups.delete(group)
    },
    of: group => groups.get(group) ?? [],
  }
}
