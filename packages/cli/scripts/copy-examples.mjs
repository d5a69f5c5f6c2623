// The manifests that `kube-node dev` reads go into the package with it. Runs when the built package is packed.
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

const from = join(import.meta.dirname, '../../../examples')
const to = join(dirname(import.meta.dirname), 'dist/examples')

rmSync(to, { recursive: true, force: true })
mkdirSync(to, { recursive: true })
for (const file of readdirSync(from)) if (file.endsWith('.yaml')) copyFileSync(join(from, file), join(to, file))
