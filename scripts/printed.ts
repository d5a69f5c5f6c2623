// Guides print whole files of the examples. A block that says `title="examples/..."` holds that file to the last byte, so what a
// reader copies is what the tests have run.
//   node scripts/printed.ts     prints the files into the guides again
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './packages.ts'

const block = /^```(\w+) title="([^"]+)"\n[^]*?^```$/gm

/** The guide with each of its blocks as its file is now, and the files that it prints. */
export const printed = (guide: string): { readonly text: string; readonly files: readonly string[] } => {
  const files: string[] = []
  const text = guide.replace(block, (_whole, language: string, file: string) => {
    files.push(file)
    return `\`\`\`${language} title="${file}"\n${readFileSync(join(root, file), 'utf8').trimEnd()}\n\`\`\``
  })
  return { text, files }
}

export const guides = (): readonly string[] => globSync('docs/**/*.md', { cwd: root }).toSorted()

if (import.meta.main) {
  for (const guide of guides()) {
    const path = join(root, guide)
    const before = readFileSync(path, 'utf8')
    const { text, files } = printed(before)
    if (text === before) continue
    writeFileSync(path, text)
    console.log(`${guide}: printed ${files.length} files again`)
  }
}
