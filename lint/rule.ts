import type { RuleTester } from 'oxlint/plugins-dev'

// oxlint exports no names for its plugin types; these are the same ones, taken from where they are used.
export type Rule = Extract<Parameters<RuleTester['run']>[1], { create: unknown; createOnce?: never }>
export type Context = Parameters<Rule['create']>[0]
export type Visitor = ReturnType<Rule['create']>
export type Node = Parameters<Exclude<Visitor[string], undefined>>[0]

/** A test, or what only tests use: most laws are for what runs in a cluster. .oxlintrc.json names the same files. */
export const isTest = (filename: string): boolean => /\.(test|fixture|fake)\.ts$|\/fake-[^/]*\.ts$/.test(filename)
