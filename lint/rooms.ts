import { dirname, resolve, sep } from 'node:path'
import { keptInOneRoom, lawOf, roomsOf } from './house.ts'
import { type Place, placeOf } from './place.ts'
import { type Context, type Node, type Rule, isTest } from './rule.ts'

/** A folder has one door, its index.ts; imports between rooms and between packages go one way (lint/house.ts). */
export const rooms: Rule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const here = placeOf(context.filename)
    if (!here) return {}
    const check = (node: Node, specifier: string, typesOnly: boolean, lazy: boolean): void => {
      const message = specifier.startsWith('.')
        ? betweenRooms(here, specifier, context)
        : betweenPackages(here, specifier, context, typesOnly || lazy)
      if (message) context.report({ node, message })
    }
    return {
      ImportDeclaration(node: Node) {
        if (node.type === 'ImportDeclaration') check(node, node.source.value, areTypes(node), false)
      },
      ExportNamedDeclaration(node: Node) {
        if (node.type === 'ExportNamedDeclaration' && node.source) check(node, node.source.value, node.exportKind === 'type', false)
      },
      ExportAllDeclaration(node: Node) {
        if (node.type === 'ExportAllDeclaration') check(node, node.source.value, node.exportKind === 'type', false)
      },
      ImportExpression(node: Node) {
        if (node.type === 'ImportExpression' && node.source.type === 'Literal') check(node, String(node.source.value), false, true)
      },
      TSImportType(node: Node) {
        if (node.type === 'TSImportType') check(node, node.source.value, true, false)
      },
    }
  },
}

const areTypes = (node: Node): boolean =>
  node.type === 'ImportDeclaration' &&
  (node.importKind === 'type' ||
    (node.specifiers.length > 0 && node.specifiers.every(s => s.type === 'ImportSpecifier' && s.importKind === 'type')))

const betweenRooms = (here: Place, specifier: string, context: Context): string | undefined => {
  const target = resolve(dirname(context.filename), specifier)
  const there = placeOf(target)
  if (!there || there.folder !== here.folder) return `${specifier} leaves the package: import other packages by their name`
  if (there.room === here.room) return undefined
  if (there.room === '') return here.room === '' ? undefined : `${here.room}/ imports upwards: ${specifier} is above the rooms`
  if (there.rest !== 'index.ts') return `${there.room}/ has one door: import from ${there.room}/index.ts`
  const known = roomsOf[here.folder]
  if (!known || here.room === '' || isTest(context.filename)) return undefined
  const allowed = known[here.room]
  if (!allowed) return `the room ${here.room}/ is not in lint/house.ts: say there what it may import`
  if (allowed.includes(there.room)) return undefined
  return `${here.room}/ may not import from ${there.room}/ (lint/house.ts)`
}

const betweenPackages = (here: Place, specifier: string, context: Context, lazyOrTypes: boolean): string | undefined => {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  const home = keptInOneRoom[name]
  if (home && !home.test(context.filename.split(sep).join('/'))) return `only ${home.source.replaceAll('\\/', '/')} may load ${name}`
  if (!name.startsWith('@kube-node/') && name !== 'kube-node') return undefined
  const law = lawOf(here.folder)
  if (law.ours.test(specifier) || (isTest(context.filename) && law.inTests?.test(specifier))) return undefined
  if (law.lazily?.test(specifier)) return lazyOrTypes ? undefined : `${here.folder} loads ${name} lazily, by import(), where it needs it`
  return `packages/${here.folder} may not import ${specifier} (lint/house.ts)`
}
