// The node-* packages (Node's own program, one package per platform) publish `os` and `cpu` as a string where npm's
// format has a list. pnpm 12 ignores the string form, and would install Windows' node on Linux (90 MB).
const asList = value => (typeof value === 'string' ? [value] : value)

module.exports = {
  hooks: {
    readPackage: manifest => {
      if (manifest.os) manifest.os = asList(manifest.os)
      if (manifest.cpu) manifest.cpu = asList(manifest.cpu)
      return manifest
    },
  },
}
