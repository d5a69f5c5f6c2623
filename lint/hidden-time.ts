import { forbid } from './forbid.ts'
import type { Node, Rule } from './rule.ts'

const fromClock = 'take time from the injected runtime.clock'
const sleepOnClock = 'sleep on the injected runtime.clock'

/** Time passes only where the runtime says so: no clocks, no timers, no queues of the event loop. */
export const hiddenTime: Rule = forbid(
  [
    { names: /^Date\.now$|^performance(\.|$)|^node:perf_hooks$|^process\.(hrtime|uptime)(\.|$)/, instead: fromClock },
    { names: /^(set|clear)(Timeout|Interval|Immediate)$|^node:timers(\/promises)?$|^(scheduler|timers)\./, instead: sleepOnClock },
    { names: /^queueMicrotask$|^process\.nextTick$/, instead: 'await something, or runtime.yield(label)' },
    { names: /^AbortSignal\.timeout$/, instead: 'use a deadline on the injected clock' },
  ],
  context => ({
    NewExpression(node: Node) {
      if (node.type !== 'NewExpression' || node.callee.type !== 'Identifier') return
      const { callee } = node
      if (callee.name === 'Date' && node.arguments.length === 0 && context.sourceCode.isGlobalReference(callee)) {
        context.report({ node, message: `new Date() reads the machine's clock: ${fromClock}` })
      }
      const [options] = node.arguments
      if (callee.name !== 'PQueue' || options?.type !== 'ObjectExpression') return
      for (const property of options.properties) {
        if (property.type !== 'Property' || property.key.type !== 'Identifier') continue
        if (/^(interval|intervalCap|timeout|carryoverIntervalCount|strict)$/.test(property.key.name)) {
          context.report({ node: property, message: `p-queue's ${property.key.name} needs real time: concurrency and priority only` })
        }
      }
    },
    CallExpression(node: Node) {
      if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return
      if (context.sourceCode.isGlobalReference(node.callee)) {
        context.report({ node, message: `Date() reads the machine's clock: ${fromClock}` })
      }
    },
  }),
)
