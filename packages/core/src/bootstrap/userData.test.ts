import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cloudConfig } from './cloudConfig.ts'
import type { JoinPlan } from './plan.types.ts'
import { type UserDataOptions, cloudInit } from './userData.ts'

const planWith = (...files: readonly [path: string, content: string][]): JoinPlan => ({
  users: [],
  files: files.map(([path, content]) => ({ path, bytes: Buffer.from(content), mode: '0644', owner: 'root' })),
  commands: [],
})
const bytesOf = (plan: JoinPlan, options?: UserDataOptions): Buffer => {
  const result = cloudInit(plan, options)
  if (!result.ok || result.value.kind !== 'user-data') throw new Error(JSON.stringify(result))
  return Buffer.from(result.value.bytes)
}

const repetitive = planWith(['/etc/long', 'the same line\n'.repeat(2_000)], ['/etc/short', 'x'])
const plainLength = Buffer.byteLength(cloudConfig(repetitive))

describe('user data', () => {
  it('is none where there is nothing to do', () => {
    expect(cloudInit(planWith())).toEqual({ ok: true, value: { kind: 'none' } })
  })

  it('is there for a hostname alone', () => {
    expect(bytesOf({ ...planWith(), hostname: 'worker-1' }).toString()).toBe(
      '#cloud-config\nhostname: "worker-1"\npreserve_hostname: false\n',
    )
  })

  it('is plain up to the limit, and compressed beyond it', () => {
    expect(bytesOf(repetitive, { maxBytes: plainLength }).toString()).toBe(cloudConfig(repetitive))
    const compressed = bytesOf(repetitive, { maxBytes: plainLength - 1 })
    expect(compressed.length).toBeLessThan(plainLength / 50)
    expect(gunzipSync(compressed).toString()).toBe(cloudConfig(repetitive))
  })

  it('does not tell when or on what system it was compressed', () => {
    const header = bytesOf(repetitive, { maxBytes: 2_000 }).subarray(0, 10)
    expect([...header]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255])
  })

  it('is text where only text gets through: compressed data in base64, in a part of MIME', () => {
    const message = bytesOf(repetitive, { maxBytes: 2_000, text: true }).toString('latin1')
    expect(message).toMatch(/^[\t\n\x20-\x7e]*$/)
    expect(message).toContain('Content-Type: application/gzip\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n')
    const [, body = ''] = /base64\n\n([\s\S]*?)\n--part-/.exec(message) ?? []
    expect(gunzipSync(Buffer.from(body, 'base64')).toString()).toBe(cloudConfig(repetitive))
  })

  it('as text leaves the parts of others as they are, and has only ASCII in what is compressed', () => {
    const parts = [{ type: 'text/x-shellscript', content: '#!/bin/sh\n' }]
    const plan = planWith(['/a', 'ü\n'.repeat(2_000)])
    const message = bytesOf(plan, { maxBytes: 2_000, text: true, parts }).toString('latin1')
    const [, body = ''] = /application\/gzip[\s\S]*?base64\n\n([\s\S]*?)\n--part-/.exec(message) ?? []
    expect(gunzipSync(Buffer.from(body, 'base64')).toString()).toBe(cloudConfig(plan, { ascii: true }))
    expect(message).toContain(
      'Content-Type: text/x-shellscript; charset="us-ascii"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n\n#!/bin/sh\n',
    )
  })

  it.each([false, true])('that does not fit says how large it is, how large it may be, and why (as text: %s)', text => {
    const smallest = bytesOf(repetitive, { maxBytes: 2_000, text }).length
    const result = cloudInit(repetitive, { maxBytes: smallest - 1, text })
    expect(result).toEqual({
      ok: false,
      problems: [
        {
          path: 'spec.bootstrap',
          message:
            `the user data has ${plainLength} bytes, ${smallest} compressed, and the provider takes ${smallest - 1}: put files into the ` +
            'image, or let a command fetch them. Largest: /etc/long (28000 bytes), /etc/short (1 bytes)',
        },
      ],
    })
    expect(bytesOf(repetitive, { maxBytes: smallest, text })).toHaveLength(smallest)
  })

  it('has several parts where a host adds some', () => {
    const parts = [{ type: 'application/node.eks.aws', content: 'kind: NodeConfig\n' }]
    const message = bytesOf(planWith(['/a', 'é']), { parts }).toString()
    expect(message).toMatch(/^Content-Type: multipart\/mixed; boundary="part-[0-9a-f]{32}"\nMIME-Version: 1\.0\n\n--part-/)
    // Not ASCII, so in base64.
    expect(message).toContain(
      Buffer.from(cloudConfig(planWith(['/a', 'é'])))
        .toString('base64')
        .slice(0, 70),
    )
    expect(message).toContain(
      'Content-Type: application/node.eks.aws; charset="us-ascii"\nMIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\n\n' +
        'kind: NodeConfig\n\n--part-',
    )
    expect(bytesOf(planWith(), { parts }).toString()).not.toContain('text/cloud-config')
  })

  it('with a mail in one of its files is not taken for one', () => {
    const mail = planWith(['/etc/mail', 'Mime-Version: 1.0\n'])
    expect(bytesOf(mail).toString()).toMatch(/^Content-Type: multipart\/mixed/)
    const far = planWith(['/etc/long', 'x'.repeat(5_000)], ['/etc/mail', 'Mime-Version: 1.0\n'])
    expect(bytesOf(far).toString()).toMatch(/^#cloud-config\n/)
  })

  it('of the same plan is the same bytes, and keeps its limit', () => {
    const plans = fc.array(fc.tuple(fc.constantFrom('/a', '/b'), fc.string({ maxLength: 2_000 })), { maxLength: 3 })
    fc.assert(
      fc.property(plans, fc.nat(4_000), fc.boolean(), (files, maxBytes, text) => {
        const plan = planWith(...files)
        const result = cloudInit(plan, { maxBytes, text })
        expect(cloudInit(structuredClone(plan), { maxBytes, text })).toEqual(result)
        if (result.ok && result.value.kind === 'user-data') expect(result.value.bytes.length).toBeLessThanOrEqual(maxBytes)
      }),
    )
  })
})
