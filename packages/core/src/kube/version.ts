/**
 * Orders two resourceVersions: negative when `a` is older, 0 when they are the same. Kubernetes promises that they compare as
 * integers within one kind (KEP-5504). Length first, then text, is that comparison for numbers of any size.
 */
export const compareVersions = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

/** The newer of the two. */
export const newerVersion = (a: string | undefined, b: string): string => (a === undefined || compareVersions(a, b) < 0 ? b : a)
