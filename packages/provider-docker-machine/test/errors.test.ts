import { describe, expect, it } from 'vitest'
import { codeOf, reasonOf, redactor, teller } from '../src/errors.ts'

describe('what drivers say', () => {
  it.each([
    ['AuthFailure: AWS was not able to validate the provided access credentials', 'Unauthorized'],
    ['googleapi: Error 403 Forbidden', 'Unauthorized'],
    ['Permission denied (publickey)', 'Unauthorized'],
    ['InsufficientInstanceCapacity: We currently do not have sufficient m7i.large capacity', 'InsufficientCapacity'],
    ['hcloud: error during placement (resource_unavailable)', 'InsufficientCapacity'],
    ['SkuNotAvailable: The requested size is currently not available', 'InsufficientCapacity'],
    ['Error launching instance: RequestLimitExceeded: Request limit exceeded.', 'RateLimited'],
    ['429 Too Many Requests', 'RateLimited'],
    ['VcpuLimitExceeded: You have requested more vCPU capacity', 'QuotaExceeded'],
    ['server limit: quota exceeded', 'QuotaExceeded'],
    ['dial tcp 10.0.0.1:22: connect: no route to host', 'Unavailable'],
    ['Error detecting OS: Too many retries waiting for SSH to be available.', 'Unavailable'],
    ['write /store/machines/a/id_rsa: no space left on device', 'Unavailable'],
    ['Driver "nowhere" not found. Is the plugin binary "docker-machine-driver-nowhere" in PATH?', 'InvalidConfig'],
    ['flag provided but not defined: -amazonec2-regoin', 'InvalidConfig'],
    ['something that nobody has heard of', 'Internal'],
  ])('%s: %s', (output, code) => {
    expect(codeOf(1, output)).toBe(code)
  })

  it('is about the config where the check before a create refuses it, unless it says more', () => {
    expect(codeOf(3, 'Error with pre-create check: "there is no type t9.large"')).toBe('InvalidConfig')
    expect(codeOf(3, 'Error with pre-create check: "i/o timeout"')).toBe('Unavailable')
  })

  it('is told by its last lines, without what plugins say of themselves', () => {
    const chatter = ['(a) Calling .GetMachineName', '(a) Closing plugin on server side', '(a) Found binary path at /bin/x', '']
    const told = reasonOf([...chatter, 'Creating machine...', ...chatter, 'it failed'].join('\n'))
    expect(told).toBe('Creating machine...\nit failed')
    expect(reasonOf(chatter.join('\n'))).toBe('it said nothing')
  })

  it('is told by as many whole lines as people read, and by one at least', () => {
    const lines = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(300))
    expect(reasonOf(lines.join('\n'))).toBe(lines.slice(-3).join('\n'))
    expect(reasonOf('x'.repeat(5_000))).toBe('x'.repeat(5_000))
  })

  it('is told without a secret wherever it would be cut', () => {
    const secret = 'a-secret-of-some-length'
    for (let before = 1_950; before < 2_050; before++) {
      const told = teller([secret])(`${'x'.repeat(before)}${secret}${'y'.repeat(990)}`)
      for (let at = 0; at + 6 <= secret.length; at++) expect(told).not.toContain(secret.slice(at, at + 6))
      expect(told.length).toBeLessThan(2_100)
    }
    expect(teller([secret])(`short, and ${secret}`)).toBe('short, and ***')
  })

  it('holds no secret, nor a line of one, and is not garbled for a short one', () => {
    const redact = redactor(['the-secret-key', '-----BEGIN KEY-----\nline-of-the-key\n', 'eu', 'the-secret'])
    expect(redact('the-secret-key of line-of-the-key in eu-1, and the-secret')).toBe('*** of *** in eu-1, and ***')
  })
})
