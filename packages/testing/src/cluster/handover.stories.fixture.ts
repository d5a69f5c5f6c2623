import { annotations, finalizers, labels } from '@kube-node/core/api'
import type { Actor } from './actors.fixture.ts'
import { type Body, type Story, booting, ownedBySet, plain, tookOver } from './story.fixture.ts'

const policy = 'claims.kube-node.dev'
const denied = (saying: RegExp): Story['ends'] => ({ policy, saying })
const reserved = denied(/belong to kube-node's controller/)

/** What the controller writes on the Node of the name that the cloud dictates. */
const takesOver: Body = {
  metadata: {
    labels: { [labels.class]: 'small', [labels.nodeset]: 'workers', [labels.revision]: 'a1', [labels.claim]: 'u-1', tier: 'db' },
    annotations: { [annotations.phase]: 'Booting', [annotations.machine]: '{}', [annotations.claimedAs]: 'a' },
    finalizers: [finalizers.machine],
    ...ownedBySet,
  },
}
const registered: Body = { ...plain, spec: {} }
const mark: Body = { metadata: { annotations: { [annotations.handedOver]: 'ip-10-0-0-1' } } }
const label = (value: string | null): Body => ({ metadata: { labels: { [labels.claim]: value } } })

const tries = (title: string, who: Actor, given: Body, patch: Body, ends: Story['ends']): Story => ({
  title,
  who,
  given,
  does: { patch },
  ends,
})

/** A claim and the Node that takes it over: the controller may do it, and nobody else any part of it. */
export const handoverStories: readonly Story[] = [
  tries('hands a claim over to a Node that has an instance', 'controller', plain, takesOver, 'ok'),
  tries('hands a claim over to a Node that has none yet', 'controller', registered, takesOver, 'ok'),
  tries('marks a claim', 'controller', booting, mark, 'ok'),
  { title: 'deletes a claim that it handed over', who: 'controller', given: booting, does: { delete: true }, ends: 'ok' },
  tries('lets a claim go', 'controller', booting, { metadata: { finalizers: null } }, 'ok'),
  tries('hands a claim over', 'adopter', registered, takesOver, reserved),
  tries('says that a Node took a claim over', 'developer', registered, label('u-1'), reserved),
  tries("says that his claim took another one's machine over", 'developer', booting, label('u-2'), reserved),
  tries('says that a Node took another claim over', 'developer', tookOver, label('u-2'), reserved),
  tries('denies that a Node took a claim over', 'developer', tookOver, label(null), reserved),
  tries('marks a claim', 'developer', booting, mark, reserved),
  tries('renames what was claimed', 'developer', tookOver, { metadata: { annotations: { [annotations.claimedAs]: 'b' } } }, reserved),
  tries('repairs what was handed over', 'caretaker', tookOver, label('u-2'), 'ok'),
  {
    title: "makes a claim that stands for another's machine",
    who: 'developer',
    does: { create: { metadata: { labels: { [labels.class]: 'small', [labels.claim]: 'u-1' } } } },
    ends: reserved,
  },
  { title: 'deletes a Node that took a claim over', who: 'developer', given: tookOver, does: { delete: true }, ends: 'ok' },
  {
    title: 'deletes a Node that took a claim over',
    who: 'stranger',
    given: tookOver,
    does: { delete: true },
    ends: denied(/may not use NodeClass/),
  },
]
