import { stripVTControlCharacters } from 'node:util'
import { createLogUpdate } from 'log-update'
import { type Host, type Screen, hasColour, screenOf } from '../terminal/index.ts'
import { changesBetween } from './changes.ts'
import { frameOf } from './frame.ts'
import type { View } from './view.ts'

/** Where views are shown: drawn over the last one on a terminal, told as changes anywhere else. */
export interface Board<V> {
  show(view: V): void
  /** Lines that stay: above the picture on a terminal. */
  say(text: string): void
  /** Leaves the last picture where it is. Nothing is drawn after it; `say` goes on working. */
  finish(): void
  /** A picture that grows older by itself must be drawn again now and then; lines need not. */
  readonly ages: boolean
}

/** How views look. */
export interface Style<V> {
  /** The whole picture, no wider and no higher than the screen. */
  frame(view: V, options: { readonly screen: Screen; readonly colour: boolean }): string
  /** What is different, a line each; all of it when there was nothing before. */
  changes(before: V | undefined, now: V): readonly string[]
  /** What stands before each of these lines. Default: the seconds since the start. */
  stamp?(): string
}

export type Easel = Board<View>

export const createEasel = (host: BoardHost, empty: string): Easel =>
  createBoard<View>(host, {
    frame: (view, options) => frameOf(view, { ...options, empty }),
    changes: (before, now) => changesBetween(before ?? { sets: [], nodes: [] }, now),
  })

export type BoardHost = Pick<Host, 'stdout' | 'env' | 'runtime'>

export const createBoard = <V>(host: BoardHost, style: Style<V>): Board<V> =>
  screenOf(host.stdout, host.env) === undefined ? lines(host, style) : picture(host, style)

/** Texts that are written again after a change of the window's size. */
const mostRemembered = 20
const clearScreen = '\u001B[2J\u001B[H'

const picture = <V>({ stdout, env }: BoardHost, style: Style<V>): Board<V> => {
  const paper = createLogUpdate(stdout)
  const colour = hasColour(stdout, env)
  const said: string[] = []
  let last: { readonly view: V } | undefined
  let open = true
  const draw = (): void => {
    // It is asked for with each picture: windows change their size.
    const screen = screenOf(stdout, env)
    if (open && last && screen) paper(style.frame(last.view, { screen: belowGreeting(screen, said[0]), colour }))
  }
  const write = (text: string): void => {
    // It ends each text with one line end, and would leave out an empty last line.
    paper.persist(`${text}\n`)
    draw()
  }
  /** Terminals break the lines of the old picture as they like: where it begins now is not known. */
  const redraw = (): void => {
    paper.clear()
    stdout.write(clearScreen)
    for (const text of said) write(text)
    draw()
  }
  stdout.on('resize', redraw)
  return {
    ages: true,
    show(view) {
      last = { view }
      draw()
    },
    say(text) {
      if (!open) return void stdout.write(`${text}\n`)
      said.push(text)
      // The first one is the greeting.
      if (said.length > mostRemembered) said.splice(1, 1)
      write(text)
    },
    finish() {
      if (!open) return
      // Drawn afresh: the terminal may have written `^C` into it.
      paper.clear()
      draw()
      open = false
      stdout.off('resize', redraw)
      paper.done()
    },
  }
}

/** The greeting stays in sight, where that leaves enough for the picture: it holds the commands that one needs. */
const belowGreeting = ({ columns, rows }: Screen, greeting = ''): Screen => {
  const taken = greeting.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)), 0)
  return { columns, rows: rows - taken >= enoughRows ? rows - taken : rows }
}
const enoughRows = 12

const lines = <V>({ stdout, runtime: { clock } }: BoardHost, style: Style<V>): Board<V> => {
  const started = clock.monotonic()
  const stamp = style.stamp ?? (() => `${((clock.monotonic() - started) / 1_000).toFixed(1).padStart(5)} s`)
  let last: V | undefined
  let open = true
  return {
    ages: false,
    say: text => void stdout.write(`${text}\n`),
    show(view) {
      if (!open) return
      const at = `${stamp()}  `
      for (const change of style.changes(last, view)) stdout.write(`${at}${change}\n`)
      last = view
    },
    finish: () => void (open = false),
  }
}
