import { expect, it } from 'vitest'
import { createEmitter } from './emitter.ts'

interface Events {
  made: { readonly node: string }
  gone: { readonly node: string }
}

it('tells each listener of its event, until that is disposed', () => {
  const heard: string[] = []
  const emitter = createEmitter<Events>(error => heard.push(String(error)))
  const listening = emitter.on('made', ({ node }) => heard.push(`made ${node}`))
  emitter.on('gone', ({ node }) => heard.push(`gone ${node}`))
  emitter.emit('made', { node: 'a' })
  listening[Symbol.dispose]()
  emitter.emit('made', { node: 'b' })
  emitter.emit('gone', { node: 'a' })
  expect(heard).toEqual(['made a', 'gone a'])
})

it('keeps a listener that throws away from the others and from who emits', () => {
  const heard: string[] = []
  const emitter = createEmitter<Events>((error, event) => heard.push(`${event}: ${String(error)}`))
  emitter.on('made', () => {
    throw new Error('bug')
  })
  emitter.on('made', () => heard.push('second'))
  emitter.emit('made', { node: 'a' })
  expect(heard).toEqual(['made: Error: bug', 'second'])
})
