import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Edit, Mutant } from './mutants/index.ts'

const core = new URL('../../packages/core/src/', import.meta.url).href

/**
 * Core is loaded with that mistake in it from now on, in this thread; its files stay as they are.
 * @throws Error, while core is loaded, when a text to replace is not there just once: the mutant is out of date.
 */
export const installMutant = (mutant: Mutant): void => {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const edits = mutant.edits.filter(edit => url === core + edit.file)
      if (edits.length === 0 || loaded.source === undefined || loaded.source === null) return loaded
      const source = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8')
      return { ...loaded, source: edits.reduce((text, edit) => replaceOnce(text, edit, fileURLToPath(url)), source) }
    },
  })
}

/** A formatter may break lines: white space is like any other. */
export const replaceOnce = (text: string, { find, replace }: Edit, where: string): string => {
  const pattern = find
    .trim()
    .split(/\s+/)
    .map(word => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('\\s+')
  const places = [...text.matchAll(new RegExp(pattern, 'g'))]
  if (places.length !== 1) throw new Error(`${where} has ${places.length} times, and not once: ${find}`)
  return text.replace(new RegExp(pattern), () => replace)
}
