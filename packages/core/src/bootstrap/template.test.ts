import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderer } from './template.ts'

const render = renderer({
  node: { name: 'worker-1', labels: { tier: 'web', 'kube-node.dev/class': 'small' } },
  class: { name: 'small', config: { zone: 'a', disks: [{ size: 20 }, { size: 30 }], spot: false } },
  cluster: { server: 'https://203.0.113.7:6443', dns: ['10.96.0.10', 'fd00::10'], domain: 'cluster.local' },
})

describe('a template', () => {
  it.each([
    ['no template at all', 'no template at all'],
    ['{{ node.name }}', 'worker-1'],
    ['{{ node.labels.tier }} {{ node.labels["kube-node.dev/class"] }}', 'web small'],
    ['{{ class.name }}/{{ class.config.zone }}/{{ class.config.disks[1].size }}/{{ class.config.spot }}', 'small/a/30/false'],
    ['{{ cluster.server }} {{ cluster.dns | join: "," }}', 'https://203.0.113.7:6443 10.96.0.10,fd00::10'],
    ['{{ class.config | json }}', '{"zone":"a","disks":[{"size":20},{"size":30}],"spot":false}'],
    ['{% if node.labels.gpu == "yes" %}gpu{% else %}none{% endif %}', 'none'],
    ['{{ node.labels.gpu | default: "none" }}', 'none'],
    ['{% for disk in class.config.disks %}{{ disk.size }};{% endfor %}', '20;30;'],
    ['{% raw %}{{ .Values.x }}{% endraw %}', '{{ .Values.x }}'],
    ['a\r\n{{ node.name }}\r\n', 'a\r\nworker-1\r\n'],
    [' \n\n{{ node.name }} \n\n', ' \n\nworker-1 \n\n'],
  ])('%j becomes %j', (template, text) => {
    expect(render(template)).toEqual({ text })
  })

  it.each([
    ['x\n{{ node.nmae }}', /^line 2: there is no node\.nmae\. Known are node\.name, /],
    ['{{ node.labels.gpu }}', /^line 1: there is no node\.labels\.gpu\. .*what may be missing takes `\| default/],
    ['{{ node.annotations }}', /there is no node\.annotations/],
    ['{{ join.token }}', /there is no join\./],
    ['{{ node.name.constructor }}', /there is no node\.name\.constructor/],
    ['{{ node.name | upcsae }}', /^line 1: there is no filter upcsae/],
    ['{{ node.labels }}', /^line 1: an object is no text/],
    ['{{ cluster.dns }}', /^line 1: a list is no text: use `\| join/],
    ['{{ node.name', /^line 1: output "\{\{ node\.name" not closed\. Text with braces of its own goes between \{% raw %\}/],
    ['{% fro x in y %}', /^line 1: tag "fro" not found/],
    [`{{ ${'x'.repeat(10_000)}`, /^.{1,300}$/],
    ['{% for i in (1..1000) %}{% for j in (1..1000) %}{% for k in (1..1000) %}{% endfor %}{% endfor %}{% endfor %}', /its loops go on/],
    [
      `{% assign many = "${'x'.repeat(2_000)}" | split: "" %}` +
        '{% for i in many %}{% for j in many %}{% for k in many %}{% endfor %}{% endfor %}{% endfor %}',
      /its loops go on/,
    ],
    ['{% assign many = (1..100000000) %}', /limit exceeded/],
  ])('%j is refused', (template, words) => {
    const result = render(template)
    expect('problem' in result ? result.problem : result.text).toMatch(words)
    expect(result).toHaveProperty('problem')
  })

  it.each(['include', 'render', 'layout', 'block', 'extends'])('can reach no other text: {%% %s %%}', tag => {
    expect(render(`{% ${tag} "/etc/passwd" %}`)).toMatchObject({ problem: expect.stringContaining(`tag "${tag}" not found`) })
  })

  it.each(['"now" | date: "%s"', '"today" | date_to_xmlschema', '"now" | date_to_rfc822', '"a,b,c" | split: "," | sample'])(
    'has neither clock nor chance: {{ %s }}',
    expression => {
      const result = render(`{{ ${expression} }}`)
      expect('problem' in result && result.problem).toMatch(
        /there is no filter (date|date_to_xmlschema|date_to_rfc822|sample): templates have no clock/,
      )
    },
  )

  it('leaves nothing behind for the next one', () => {
    expect(render('{% assign secret = "x" %}{% increment n %}')).toEqual({ text: '0' })
    expect(render('{% increment n %}')).toEqual({ text: '0' })
    expect(render('{{ secret }}')).toHaveProperty('problem')
  })

  it('leaves text without braces alone, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        fc.pre(!text.includes('{{') && !text.includes('{%'))
        expect(render(text)).toEqual({ text })
      }),
    )
  })
})
