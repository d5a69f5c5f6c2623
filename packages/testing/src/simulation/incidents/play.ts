import { type KubeObject, type NodeSet, nameOf } from '@kube-node/core/api'
import { isDriving } from '../groups/books.ts'
import type { Incident, IncidentGroup, KindOf } from '../kinds.ts'
import type { Stage } from '../stage.ts'

/** What an incident does. It answers what a person should read of it; undefined when there was nothing to do it to. */
export type Play = (stage: Stage, incident: Incident) => string | undefined | Promise<string | undefined>

export type Plays<G extends IncidentGroup> = Readonly<Record<KindOf<G>, Play>>

/** The member that `which` in [0, 1) chooses; undefined of nothing. */
export const among = <T>(list: readonly T[], which: number): T | undefined => list[Math.floor(which * list.length)]

export const byName = (a: KubeObject, b: KubeObject): number => (nameOf(a) < nameOf(b) ? -1 : 1)

/** Those of single machines. */
export const setsOf = ({ truth }: Stage): readonly NodeSet[] =>
  [...truth.sets.all.values()].filter(set => !isDriving(set) && set.metadata?.deletionTimestamp === undefined).sort(byName)

export const groupSetsOf = ({ truth }: Stage): readonly NodeSet[] =>
  [...truth.sets.all.values()].filter(set => isDriving(set) && set.metadata?.deletionTimestamp === undefined).sort(byName)

/** Ends after `ms`, and the story says so. */
export const lasting = (stage: Stage, ms: number, what: string, end: () => void): void => {
  stage.world.at(ms, `end of ${what}`, () => {
    stage.world.tell(`* end of ${what}`)
    end()
  })
}
