import { Document, Scalar, visit } from 'yaml'

/**
 * YAML for people and for readers of YAML 1.1 (cloud-init's and Go's): every text is quoted, because a node may be called `on` or `1e3`,
 * and text of several lines stands as it is.
 */
export const toYaml = (value: unknown): string => {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false })
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return
      node.type = node.value.includes('\n') && isPrintable(node.value) ? Scalar.BLOCK_LITERAL : Scalar.QUOTE_DOUBLE
    },
  })
  return document.toString({ lineWidth: 0, directives: false })
}

/**
 * Can it stand in YAML as it is? Not what YAML forbids, nor what one of its versions takes for a line break (carriage return, next line,
 * line and paragraph separator), nor a byte order mark, nor half of a surrogate pair.
 */
export const isPrintable = (text: string): boolean =>
  /^[\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u.test(text)
