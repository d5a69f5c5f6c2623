import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)

/** One file of an imagined repository. */
export interface Snippet {
  /** Where it stands. A `=` before the name keeps the name, for rules that speak of one file. */
  readonly file: string
  readonly code: string
}

/** What oxlint reports for each snippet under the repository's own configuration: sorted names of rules. */
export const lint = async (snippets: readonly Snippet[]): Promise<readonly (readonly string[])[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'kube-node-lint-'))
  try {
    const settings = ['.oxlintrc.json', 'tsconfig.json', 'tsconfig.base.json', 'package.json']
    for (const file of settings) cpSync(join(root, file), join(folder, file))
    for (const link of ['lint', 'node_modules']) symlinkSync(join(root, link), join(folder, link))
    const paths = snippets.map(({ file, code }, index) => {
      const path = file.includes('/=') ? file.replace('/=', '/') : file.replace(/\/x\./, `/x${index}.`)
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), code)
      return path
    })
    const reports = await run(folder)
    return paths.map(path => [...new Set(reports.filter(r => r.file === path).map(r => r.rule))].sort())
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Report {
  readonly file: string
  readonly rule: string
}

const run = (folder: string): Promise<readonly Report[]> =>
  new Promise((resolve, reject) => {
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
    execFile(process.execPath, [oxlint, '-f', 'json', 'packages', 'examples'], { cwd: folder, maxBuffer: 2 ** 26 }, (_, stdout, stderr) => {
      try {
        const answer: { readonly diagnostics: readonly { readonly filename: string; readonly code: string }[] } = JSON.parse(stdout)
        resolve(answer.diagnostics.map(({ filename, code }) => ({ file: filename, rule: code.replace(/^(.*)\((.*)\)$/, '$1/$2') })))
      } catch (error) {
        reject(new Error(`oxlint said: ${stdout}${stderr}`, { cause: error }))
      }
    })
  })
