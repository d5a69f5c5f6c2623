// The manifests that `kube-node dev` reads go into the package with it: node scripts/examples.mjs copy | remove
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

const from = join(import.meta.dirname, '../../../examples')
const to = join(dirname(import.meta.dirname), 'examples')

rmSync(to, { recursive: true, force: true })
if (process.argv[2] === 'copy') {
  mkdirSync(to)
  for (const file of readdirSync(from)) if (file.endsWith('.yaml')) copyFileSync(join(from, file), join(to, file))
}
