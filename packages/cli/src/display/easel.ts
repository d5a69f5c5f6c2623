import { stripVTControlCharacters } from 'node:util'
import { createLogUpdate } from 'log-update'
import { type Host, type Screen, hasColour, screenOf } from '../terminal/index.ts'
import { changesBetween } from './changes.ts'
import { frameOf } from './frame.ts'
import type { View } from './view.ts'

/** Where views are shown: drawn over the last one on a terminal, told as changes anywhere else. */
export interface Easel {
  show(view: View): void
  /** Lines that stay: above the picture on a terminal. */
  say(text: string): void
  /** Leaves the last picture where it is. Nothing is drawn after it; `say` goes on working. */
  finish(): void
  /** A picture that grows older by itself must be drawn again now and then; lines need not. */
  readonly ages: boolean
}

export const createEasel = (host: Pick<Host, 'stdout' | 'env' | 'runtime'>, empty: string): Easel =>
  screenOf(host.stdout, host.env) === undefined ? lines(host) : picture(host, empty)

/** Texts that are written again after a change of the window's size. */
const mostRemembered = 20
const clearScreen = '\u001B[2J\u001B[H'

const picture = ({ stdout, env }: Pick<Host, 'stdout' | 'env'>, empty: string): Easel => {
  const paper = createLogUpdate(stdout)
  const colour = hasColour(stdout, env)
  const said: string[] = []
  let last: View | undefined
  let open = true
  const draw = (): void => {
    // It is asked for with each picture: windows change their size.
    const screen = screenOf(stdout, env)
    if (open && last && screen) paper(frameOf(last, { screen: belowGreeting(screen, said[0]), colour, empty }))
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
      last = view
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

const lines = ({ stdout, runtime: { clock } }: Pick<Host, 'stdout' | 'runtime'>): Easel => {
  const started = clock.monotonic()
  let last: View = { sets: [], nodes: [] }
  let open = true
  const say = (text: string): void => void stdout.write(`${text}\n`)
  return {
    ages: false,
    say,
    show(view) {
      if (!open) return
      const at = `${((clock.monotonic() - started) / 1_000).toFixed(1).padStart(5)} s  `
      for (const change of changesBetween(last, view)) say(at + change)
      last = view
    },
    finish: () => void (open = false),
  }
}
