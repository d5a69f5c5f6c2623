const ask = async (url: string, body: object, signal: AbortSignal | undefined): Promise<unknown> => {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), ...(signal === undefined ? {} : { signal }) })
  if (!response.ok) throw new Error(`etcd refuses ${url}: ${response.status} ${await response.text()}`)
  return response.json()
}

interface Answer {
  readonly header: { readonly revision: string }
}

/** Has etcd forget what was before its newest revision, by its HTTP gateway. Throws when it refuses. */
export const compactEtcd = async (url: string, signal?: AbortSignal): Promise<void> => {
  const key = Buffer.from('any').toString('base64')
  // Border: every answer of etcd has a header.
  const { header } = (await ask(`${url}/v3/kv/range`, { key }, signal)) as Answer
  await ask(`${url}/v3/kv/compaction`, { revision: header.revision, physical: true }, signal)
}
