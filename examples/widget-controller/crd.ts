import { widgetDefinition } from './widget.ts'

console.log(JSON.stringify(widgetDefinition, undefined, 2))
