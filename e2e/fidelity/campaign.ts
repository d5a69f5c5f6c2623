import type { Sides } from './sides.ts'
import { type SurveyOptions, survey } from './survey.ts'

export const campaign = (sides: Sides, options: SurveyOptions): Promise<{ readonly text: string; readonly failed: boolean }> => survey(sides, options)
