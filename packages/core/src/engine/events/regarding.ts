import { type KubeObject, nameOf } from '../../api/index.ts'
import { controllingOwner } from '../keys.ts'

/** The object that an event is about. */
export interface Regarding {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
}

export interface EventToRecord {
  readonly regarding: Regarding
  /** Of whom it is told where very many such objects have the like to tell. */
  readonly owner?: Regarding
  readonly type: 'Normal' | 'Warning'
  /** One word, CamelCase. */
  readonly reason: string
  /** Cut at 1024 bytes, which is all that the API server takes. */
  readonly message: string
  /** Who says it: the controller's name. */
  readonly component: string
}

/** What kind it is: objects of lists do not say that themselves. */
interface Kind {
  readonly apiVersion: string
  readonly kind: string
}

/** That object, and its controller owner where it has one that is surely cluster-scoped as well: an owner reference does not say. */
export const aboutObject = (object: KubeObject, { apiVersion, kind }: Kind): Pick<EventToRecord, 'regarding' | 'owner'> => {
  const { namespace, uid } = object.metadata ?? {}
  const regarding: Regarding = {
    apiVersion,
    kind,
    name: nameOf(object),
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  }
  const owner = namespace === undefined ? controllingOwner(object) : undefined
  if (!owner) return { regarding }
  return { regarding, owner: { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid } }
}
