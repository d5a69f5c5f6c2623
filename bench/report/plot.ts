export interface Line {
  readonly name: string
  readonly colour: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Plot {
  readonly title: string
  readonly x: string
  readonly y: string
  readonly lines: readonly Line[]
}

const width = 640
const height = 400
const left = 70
const right = 150
const top = 40
const bottom = 50

/** Whole powers of ten that hold all values between them. */
const decades = (values: readonly number[]): readonly number[] => {
  const first = Math.floor(Math.log10(Math.min(...values)))
  const last = Math.ceil(Math.log10(Math.max(...values)))
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, i) => 10 ** (first + i))
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** A plot as SVG: both axes logarithmic, so that what grows as the number of nodes does is a straight line. Values are above 0. */
export const plotSvg = ({ title, x, y, lines }: Plot): string => {
  const points = lines.flatMap(line => line.points)
  const xs = decades(points.map(([value]) => value))
  const ys = decades(points.map(([, value]) => value))
  const along = (ticks: readonly number[], value: number): number => {
    const [from = 1, to = 10] = [ticks.at(0), ticks.at(-1)].map(tick => Math.log10(tick ?? 1))
    return (Math.log10(value) - from) / (to - from)
  }
  const atX = (value: number): number => Math.round(left + along(xs, value) * (width - left - right))
  const atY = (value: number): number => Math.round(height - bottom - along(ys, value) * (height - top - bottom))
  const text = (px: number, py: number, words: string, anchor = 'middle'): string =>
    `<text x="${px}" y="${py}" text-anchor="${anchor}">${escaped(words)}</text>`
  const grid = [
    ...xs.map(tick => `<path d="M${atX(tick)} ${top}V${height - bottom}"/>`),
    ...ys.map(tick => `<path d="M${left} ${atY(tick)}H${width - right}"/>`),
  ]
  const names = [
    ...xs.map(tick => text(atX(tick), height - bottom + 18, String(tick))),
    ...ys.map(tick => text(left - 8, atY(tick) + 4, String(tick), 'end')),
    text((left + width - right) / 2, height - 12, x),
    text(left, top - 14, `${title} (${y})`, 'start'),
  ]
  const drawn = lines.flatMap(({ colour, name, points: own }, i) => {
    const path = own.map(([px, py], j) => `${j === 0 ? 'M' : 'L'}${atX(px)} ${atY(py)}`).join('')
    const dots = own.map(([px, py]) => `<circle cx="${atX(px)}" cy="${atY(py)}" r="3" fill="${colour}"/>`)
    const key = height - bottom - (lines.length - i) * 20
    return [
      `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...dots,
      `<circle cx="${width - right + 16}" cy="${key}" r="4" fill="${colour}"/>`,
      text(width - right + 26, key + 4, name, 'start'),
    ]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<g stroke="#ddd">${grid.join('')}</g>`,
    `<g fill="#333">${names.join('')}</g>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}
