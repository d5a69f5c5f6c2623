import type { Refusal, Reply } from '../api.ts'
import { type HandlerContext, shown } from '../handlers.ts'
import type { CloudGroup, GroupOperations } from './api.ts'
import type { GroupEstate, SimulatedGroup } from './groups.ts'

export type GroupHandlers = {
  readonly [O in keyof GroupOperations]: (request: GroupOperations[O]['request'], account: string) => Reply<GroupOperations[O]['answer']>
}

const refuse = (refusal: Refusal): { readonly refusal: Refusal } => ({ refusal: { outcome: 'none', ...refusal } })

/** What the cloud does with orders to its groups: one at a time to each, and within its limits and steps. */
export const groupHandlers = (
  groups: GroupEstate,
  { types, faults, machines }: Pick<HandlerContext, 'types' | 'faults' | 'machines'>,
): GroupHandlers => {
  const show = ({
    template: _template,
    account: _account,
    region: _region,
    ending: _ending,
    visibleAt: _visibleAt,
    ...group
  }: SimulatedGroup): CloudGroup => ({
    ...group,
    size: groups.shownSize(group.id),
    members: groups
      .members(group.id)
      .filter(({ id, zone }) => !faults.darkZones.has(zone) && !groups.isHidden(group.id, id))
      .filter(groups.isVisible)
      .map(machine => ({ ...shown(machine), ...(machine.group?.revision !== undefined && { revision: machine.group.revision }) })),
  })

  /** The group, if this account may order it about now. */
  const orderable = (id: string, region: string, account: string): { readonly group: SimulatedGroup } | { readonly refusal: Refusal } => {
    const group = groups.get(id)
    if (!group || group.account !== account || group.region !== region) {
      return refuse({ code: 'NotFound', message: `there is no group ${id} in ${region}` })
    }
    return group.busy === undefined ? { group } : refuse({ code: 'Busy', message: `group ${id} is busy: ${group.busy}` })
  }

  return {
    listGroups({ region, limit, after = 0 }, account) {
      if (faults.listsAreEmpty) return { value: { items: [], missing: [] } }
      const all = groups.list().filter(group => group.account === account && group.region === region && groups.isVisible(group))
      const page = all.slice(after, after + limit)
      return {
        value: {
          items: page.map(show),
          missing: [...faults.darkZones].map(zone => ({ zone })),
          ...(after + limit < all.length && { next: after + limit }),
        },
      }
    },
    createGroup({ region, name, groupOwner, revision, size, template, min, max, step }, account) {
      const there = groups.get(name)
      if (there && there.owner?.set === groupOwner.set && there.owner.cluster === groupOwner.cluster) return { value: show(there) }
      if (there) return refuse({ code: 'InvalidConfig', message: `there is a group ${name} already, which is somebody else's` })
      if (!Object.hasOwn(types, template.instanceType)) {
        return refuse({ code: 'InvalidConfig', message: `there is no instance type ${template.instanceType}` })
      }
      const limits = { ...(min !== undefined && { min }), ...(max !== undefined && { max }), ...(step !== undefined && { step }) }
      const made = groups.create(name, { account, region, size, owner: groupOwner, template, ...limits })
      return { value: show(groups.change(made.id, { revision })) }
    },
    resizeGroup({ region, id, size, seen }, account) {
      const found = orderable(id, region, account)
      if ('refusal' in found) return found
      const { group } = found
      if (group.size === size) return { value: {} }
      if (group.size !== seen) return refuse({ code: 'Busy', message: `group ${id} has size ${group.size}, and not ${seen}` })
      const wrong =
        size < group.size
          ? 'is smaller, and nobody said which machines shall go'
          : size > (group.max ?? Infinity)
            ? `is more than its maximum of ${group.max ?? 0}`
            : size % (group.step ?? 1) !== 0
              ? `is no multiple of ${group.step ?? 1}`
              : undefined
      if (wrong !== undefined) return refuse({ code: 'InvalidConfig', message: `group ${id}: size ${size} ${wrong}` })
      groups.change(id, { size })
      groups.level(id)
      groups.accepted(id)
      return { value: {} }
    },
    removeMembers({ region, id, members, replace }, account) {
      const found = orderable(id, region, account)
      if ('refusal' in found) return found
      const { group } = found
      const alive = new Set(
        groups
          .members(id)
          .filter(({ state }) => state !== 'stopping')
          .map(machine => machine.id),
      )
      const going = [...new Set(members)].filter(member => alive.has(member))
      const size = replace ? group.size : group.size - going.length
      if (size < (group.min ?? 0)) return refuse({ code: 'InvalidConfig', message: `group ${id}: ${size} is less than its minimum` })
      if (!replace && going.length > 0 && size % (group.step ?? 1) !== 0) {
        return refuse({ code: 'InvalidConfig', message: `group ${id}: ${size} is no multiple of ${group.step ?? 1}` })
      }
      if (size !== group.size) groups.change(id, { size })
      for (const member of going) machines.shutDown(member)
      groups.level(id)
      groups.accepted(id)
      return { value: { items: members.map(() => ({ value: {} })) } }
    },
    updateGroup({ region, id, revision, template }, account) {
      const found = orderable(id, region, account)
      if ('refusal' in found) return found
      if (!Object.hasOwn(types, template.instanceType)) {
        return refuse({ code: 'InvalidConfig', message: `there is no instance type ${template.instanceType}` })
      }
      groups.change(id, { revision, template })
      groups.accepted(id)
      return { value: {} }
    },
    destroyGroup({ region, id }, account) {
      const found = orderable(id, region, account)
      if ('refusal' in found) return found
      groups.destroy(id)
      return { value: {} }
    },
  }
}
