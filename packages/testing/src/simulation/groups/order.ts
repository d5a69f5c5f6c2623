/** What a manager tells the cloud to do with a group. */
export type GroupOrder =
  | { readonly do: 'create'; readonly id: string; readonly set: string; readonly size: number }
  | { readonly do: 'resize'; readonly id: string; readonly from: number; readonly size: number }
  | { readonly do: 'remove'; readonly id: string; readonly members: readonly string[]; readonly replace: boolean }
  | { readonly do: 'update'; readonly id: string }
  | { readonly do: 'destroy'; readonly id: string }

export const inWords = (order: GroupOrder): string => {
  switch (order.do) {
    case 'create':
      return `create ${order.id} of ${order.size}`
    case 'resize':
      return `resize ${order.id} ${order.from} to ${order.size}`
    case 'remove':
      return `remove ${order.members.join('+')} of ${order.id}${order.replace ? ', and make others' : ''}`
    case 'update':
      return `update ${order.id}`
    case 'destroy':
      return `destroy ${order.id}`
  }
}
