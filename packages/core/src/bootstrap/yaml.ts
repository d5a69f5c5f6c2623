import { Document, Scalar, visit } from 'yaml'

/**
 * YAML for people and for readers of YAML 1.1 (cloud-init's and Go's): every text is quoted, because a node may be called `on` or `1e3`,
 * and text of several lines stands as it is. With `ascii`, everything else is escaped.
 */
export const toYaml = (value: unknown, { ascii = false }: { readonly ascii?: boolean } = {}): string => {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false })
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return
      // A block that begins with blanks is read differently from how it was written (found by a property, ` \n` in a list).
      const asItIs = /^\S.*\n/.test(node.value) && (ascii ? isAscii(node.value) : isPrintable(node.value))
      node.type = asItIs ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE
    },
  })
  const text = document.toString({ lineWidth: 0, directives: false })
  // What is not ASCII stands in double quotes by now, where this is how it is escaped.
  return ascii ? text.replaceAll(/[^\0-\x7e]/gu, escaped) : text
}

const escaped = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

export const isAscii = (text: string): boolean => /^[\t\n\x20-\x7e]*$/.test(text)

/**
 * Can it stand in YAML as it is? Not what YAML forbids, nor what one of its versions takes for a line break (carriage return, next line,
 * line and paragraph separator), nor a byte order mark, nor half of a surrogate pair.
 */
export const isPrintable = (text: string): boolean =>
  /^[\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u.test(text)
