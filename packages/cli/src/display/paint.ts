import { styleText } from 'node:util'

export type Colour = 'bold' | 'dim' | 'green' | 'yellow' | 'magenta' | 'red'
export type Paint = (colour: Colour, text: string) => string

/** Without `colour` the text as it is. */
export const painter =
  (colour: boolean): Paint =>
  (style, text) =>
    colour ? styleText(style, text, { validateStream: false }) : text

export const phaseColours: Readonly<Record<string, Colour>> = {
  Pending: 'yellow',
  Provisioning: 'yellow',
  Booting: 'yellow',
  Running: 'green',
  Draining: 'magenta',
  Deleting: 'magenta',
}
