import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { replaceOnce } from './simulation/mutate.ts'
import { mutants } from './simulation/mutants/index.ts'

const core = new URL('../packages/core/src/', import.meta.url)

// A mistake that can't be planted any more is found out here, and not after many minutes of looking for it.
test.each(mutants.flatMap(({ name, edits }) => edits.map(edit => ({ name, edit }))))('$name: $edit.file', async ({ edit }) => {
  const file = fileURLToPath(new URL(edit.file, core))
  const text = await readFile(file, 'utf8')
  expect(replaceOnce(text, edit, file)).not.toBe(text)
})
