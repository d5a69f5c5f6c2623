// What the embedded API server costs: its start, its writes, its watches, and the memory of many objects.
import { embeddedCase } from './cases/embedded.ts'

process.stdout.write(`${JSON.stringify(await embeddedCase(), undefined, 2)}\n`)
